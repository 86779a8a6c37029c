import { imageJobs } from "../../../model/jenkins-jobs";
import { exampleContext } from "../stacks/context";
import { imageDefinition as definition } from "./definitions";

const { config } = exampleContext();

test("a job says whose it is, when it runs and where its image goes", () => {
  expect(imageJobs(config, [definition({ schedule: "nightly", team: "linux@example.org" })])).toEqual([
    {
      name: "debian-12",
      family: "debian",
      description: expect.any(String) as string,
      owner: "owner@example.org",
      team: "linux@example.org",
      schedule: "H H(1-4) * * *",
      regions: ["RegionOne", "RegionTwo"],
      untested: "",
      hostHours: config.build.expireHours,
    },
  ]);
});

test("by default: the factory's team, by hand; the home region is always one", () => {
  const [job] = imageJobs(config, [definition({ regions: ["RegionTwo"] })]);
  expect(job).toMatchObject({ team: config.notify.team, schedule: "", regions: ["RegionOne", "RegionTwo"] });
});

test("five fields of cron are taken as they are; an untested recipe says why", () => {
  const [job] = imageJobs(config, [
    definition({ schedule: "H 3 * * 1", status: { tested: false, reason: "its mirror is not in reach" } }),
  ]);
  expect(job).toMatchObject({ schedule: "H 3 * * 1", untested: "its mirror is not in reach" });
});

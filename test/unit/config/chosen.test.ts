import { chosen } from "../../../config/chosen";
import { exampleContext } from "../stacks/context";

const config = {
  ...exampleContext().config,
  infrastructure: {
    ...exampleContext().config.infrastructure,
    git: { url: "https://git.example.org/images.git", ref: "main" },
  },
};
const regions = (env: NodeJS.ProcessEnv) => chosen(config, env).regions.map(({ name }) => name);

test("nothing chosen: the configuration as it is", () => {
  expect(chosen(config, {})).toEqual(config);
  expect(chosen(config, { FACTORY_REGIONS: "", FACTORY_RECIPES: "" })).toEqual(config);
});

test("regions: those that are named, and always the first, where images are built", () => {
  expect(regions({ FACTORY_REGIONS: "RegionTwo" })).toEqual(["RegionOne", "RegionTwo"]);
  expect(regions({ FACTORY_REGIONS: " RegionOne ," })).toEqual(["RegionOne"]);
});

test("fails for a region that there is not", () => {
  expect(() => regions({ FACTORY_REGIONS: "RegionSix" })).toThrow(
    'FACTORY_REGIONS: "RegionSix" is no region of factory.yaml; name some of RegionOne, RegionTwo, or nothing for all',
  );
});

test("recipes of another checkout are sent along: nothing is cloned", () => {
  const { infrastructure } = chosen(config, { FACTORY_RECIPES: "/srv/recipes" });
  expect(infrastructure).toEqual(exampleContext().config.infrastructure);
});

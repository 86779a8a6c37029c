/** What regions look like after actions of the rotation: what Glance would have made of them. */
import type { RegionListing, RotationAction, RotationImage } from "../../../model/rotation";

export function afterActions(
  listings: readonly RegionListing[],
  actions: readonly RotationAction[],
): readonly RegionListing[] {
  return listings.map((listing) => ({
    ...listing,
    images: listing.images.flatMap((image) => {
      const mine = actions.filter(({ region, imageId }) => region === listing.region && imageId === image.id);
      const changed = mine.reduce<RotationImage | undefined>((one, action) => one && afterAction(one, action), image);
      return changed ? [changed] : [];
    }),
  }));
}

function afterAction(image: RotationImage, action: RotationAction): RotationImage | undefined {
  if (!("after" in action)) {
    const status = action.phase === "reactivate" ? "active" : "deactivated";
    return action.phase === "delete" ? undefined : { ...image, status };
  }
  const { released, retired, ...rest } = action.after;
  return {
    ...image,
    ...rest,
    ...(released !== undefined && { released: released ?? undefined }),
    ...(retired !== undefined && { retired: retired ?? undefined }),
  };
}

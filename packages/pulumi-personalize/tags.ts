import * as sdk from "@aws-sdk/client-personalize";
import type { AnyKind } from "./diff.ts";
import type { CommonInputs } from "./resource.ts";

export type Tags = Readonly<Record<string, string>>;

/** Returns the tags in the format of the Personalize API. */
export function tagList(tags: Tags): { tagKey: string; tagValue: string }[] {
    return Object.entries(tags).map(([tagKey, tagValue]) => ({ tagKey, tagValue }));
}

/**
 * Returns all wanted tags of a resource: the tags in the inputs, the owner tag, and the tags that record the resource's
 * data.
 */
export const allTags = (kind: Pick<AnyKind, "contentTags">, inputs: CommonInputs): Tags => ({
    ...inputs.tags,
    ...(inputs.owner !== undefined && { [ownerTag]: inputs.owner }),
    ...kind.contentTags?.(inputs),
});

/** Returns all tags that a resource has in AWS. */
export async function listTags(client: sdk.PersonalizeClient, resourceArn: string): Promise<Tags> {
    const { tags = [] } = await client.send(new sdk.ListTagsForResourceCommand({ resourceArn }));
    return Object.fromEntries(tags.map(({ tagKey, tagValue }) => [tagKey, tagValue]));
}

/** Start of the keys of all tags that the handlers add. */
export const tagPrefix = "pulumi-personalize:";

/** Tag that identifies the stack that created the resource. */
export const ownerTag = `${tagPrefix}owner`;

/** Checks whether the owner tag has this value. Without an owner, no resource belongs to the stack. */
export const isOurs = (has: Tags | undefined, owner: string | undefined): boolean =>
    owner !== undefined && owner !== "" && has?.[ownerTag] === owner;

/** Returns the current values of the tags that the program set earlier. Ignores other tags. */
const selectCurrentTags = (once: Tags, has: Tags): Tags =>
    Object.fromEntries(Object.entries(has).filter(([key]) => key in once));

/**
 * Returns the inputs `tags` and `owner` of a resource with these tags. An imported resource has no recorded inputs, so
 * all its tags become inputs, and its owner becomes an input only if it has an owner tag.
 */
export function tagInputs({ tags, owner }: Partial<CommonInputs>, has: Tags): Pick<CommonInputs, "tags" | "owner"> {
    const { [ownerTag]: hasOwner = owner === undefined ? undefined : "" } = has;
    const others = Object.fromEntries(Object.entries(has).filter(([key]) => !key.startsWith(tagPrefix)));
    return {
        tags: tags === undefined ? others : selectCurrentTags(tags, has),
        ...(hasOwner !== undefined && { owner: hasOwner }),
    };
}

/** Sets the wanted tags, and removes tags that the program set earlier and no longer wants. */
export async function retag(
    client: sdk.PersonalizeClient,
    resourceArn: string,
    wanted: Tags,
    once: Tags = {},
): Promise<void> {
    const has = await listTags(client, resourceArn);
    const tagKeys = Object.keys(selectCurrentTags(once, has)).filter((key) => !(key in wanted));
    const missing = Object.entries(wanted).filter(([key, value]) => has[key] !== value);
    if (tagKeys.length > 0) await client.send(new sdk.UntagResourceCommand({ resourceArn, tagKeys }));
    if (missing.length > 0) {
        await client.send(new sdk.TagResourceCommand({ resourceArn, tags: tagList(Object.fromEntries(missing)) }));
    }
}

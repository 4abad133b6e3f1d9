import {
    ListTagsForResourceCommand,
    type PersonalizeClient,
    TagResourceCommand,
    UntagResourceCommand,
} from "@aws-sdk/client-personalize";
import type { CommonInputs, ResourceKind } from "./resource.ts";

export type Tags = Readonly<Record<string, string>>;

/** Returns the tags in the format of the Personalize API. */
export function tagList(tags: Tags): { tagKey: string; tagValue: string }[] {
    return Object.entries(tags).map(([tagKey, tagValue]) => ({ tagKey, tagValue }));
}

/** Returns all tags of a resource: the stack's tags, and those that record its source. */
export const allTags = <I extends CommonInputs>(kind: ResourceKind<I>, inputs: I): Tags => ({
    ...inputs.tags,
    ...kind.contentTags?.(inputs),
});

/** Returns all tags that a resource carries. */
export async function tagsOf(client: PersonalizeClient, resourceArn: string): Promise<Tags> {
    const { tags = [] } = await client.send(new ListTagsForResourceCommand({ resourceArn }));
    return Object.fromEntries(tags.map(({ tagKey, tagValue }) => [tagKey, tagValue]));
}

/** Tag that identifies the stack that created the resource. */
export const ownerTag = "pulumi-personalize:owner";

/** Checks whether the resource belongs to the stack. Compares the owner tag, because stacks can have equal names. */
export const isOurs = (has: Tags | undefined, stack: Tags): boolean =>
    has?.[ownerTag] !== undefined && has[ownerTag] === stack[ownerTag];

/** Returns the current values of the tags that the program once set. Ignores other tags. */
export const stillOf = (once: Tags, has: Tags): Tags =>
    Object.fromEntries(Object.entries(has).filter(([key]) => key in once));

/** Sets the wanted tags, and removes tags that the program set earlier and no longer wants. */
export async function retag(
    client: PersonalizeClient,
    resourceArn: string,
    wanted: Tags,
    once: Tags = {},
): Promise<void> {
    const has = await tagsOf(client, resourceArn);
    const tagKeys = Object.keys(stillOf(once, has)).filter((key) => !(key in wanted));
    const missing = Object.entries(wanted).filter(([key, value]) => has[key] !== value);
    if (tagKeys.length > 0) {
        await client.send(new UntagResourceCommand({ resourceArn, tagKeys }));
    }
    if (missing.length > 0) {
        await client.send(new TagResourceCommand({ resourceArn, tags: tagList(Object.fromEntries(missing)) }));
    }
}

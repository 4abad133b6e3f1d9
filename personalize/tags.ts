import {
    ListTagsForResourceCommand,
    type PersonalizeClient,
    TagResourceCommand,
    UntagResourceCommand,
} from "@aws-sdk/client-personalize";
import type { CommonInputs, ResourceKind } from "./resource.ts";

export type Tags = Readonly<Record<string, string>>;

/** The tags in the service's spelling. */
export function tagList(tags: Tags): { tagKey: string; tagValue: string }[] {
    return Object.entries(tags).map(([tagKey, tagValue]) => ({ tagKey, tagValue }));
}

/** What a resource of these inputs carries: the stack's tags, and those that say what it was made of. */
export const allTags = <I extends CommonInputs>(kind: ResourceKind<I>, inputs: I): Tags => ({
    ...inputs.tags,
    ...kind.contentTags?.(inputs),
});

/** All tags that a resource carries. */
export async function tagsOf(client: PersonalizeClient, resourceArn: string): Promise<Tags> {
    const { tags = [] } = await client.send(new ListTagsForResourceCommand({ resourceArn }));
    return Object.fromEntries(tags.map(({ tagKey, tagValue }) => [tagKey, tagValue]));
}

/** Whether something that carries these tags is of the stack with those. */
export const isOurs = (has: Tags | undefined, stack: Tags): boolean =>
    ["pulumi:project", "pulumi:stack"].every((key) => has?.[key] !== undefined && has[key] === stack[key]);

/** What became of the tags that we once set; those of others are none of our business. */
export const stillOf = (once: Tags, has: Tags): Tags =>
    Object.fromEntries(Object.entries(has).filter(([key]) => key in once));

/** Sets the tags that are wanted, and takes away those that we once set and do not want any more. */
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

import { invalidInput, notFound, ServiceError } from "../errors.ts";
import type { Tag } from "./properties.ts";
import type { Call, Handler } from "./resources.ts";
import { checkedTags, largestCount, tooManyTags } from "./resources.ts";
import type { Resource } from "./store.ts";

const tagResource: Handler = (call, input: { resourceArn: string; tags: Tag[] }) => {
    const resource = taggable(call, input.resourceArn);
    const tags = checkedTags(input.tags);
    const keys = new Set([...call.store.tags(resource.id), ...tags].map(({ tagKey }) => tagKey));
    if (keys.size > largestCount) throw tooManyTags();
    call.store.transaction(() => {
        for (const tag of tags) call.store.putTag(resource.id, tag);
    });
};

const untagResource: Handler = (call, input: { resourceArn: string; tagKeys: string[] }) => {
    const resource = taggable(call, input.resourceArn);
    if (input.tagKeys.length > largestCount) {
        throw new ServiceError("TooManyTagKeysException", `At most ${largestCount} tag keys are allowed in a call.`);
    }
    call.store.transaction(() => {
        for (const key of input.tagKeys) call.store.dropTag(resource.id, key);
    });
};

const listTagsForResource: Handler = (call, input: { resourceArn: string }) => ({
    tags: call.store.tags(taggable(call, input.resourceArn).id),
});

export const tagHandlers: Record<string, Handler> = {
    TagResource: tagResource,
    UntagResource: untagResource,
    ListTagsForResource: listTagsForResource,
};

function taggable(call: Call, arn: string): Resource {
    const resource = call.store.find(call.region, arn);
    if (!resource) throw notFound("resource", arn);
    if (resource.kind === "schema" || resource.kind === "metric-attribution") {
        throw invalidInput(`A ${resource.kind} cannot have tags: ${arn}`);
    }
    return resource;
}

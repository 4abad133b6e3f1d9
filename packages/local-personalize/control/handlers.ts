import { invalidInput, notFound, ServiceError } from "../errors.ts";
import type { Tag } from "./properties.ts";
import {
    type Call,
    checkedTags,
    computePhase,
    create as createResource,
    type Handler,
    largestCount,
    need,
    type PageInput,
    paginate,
    tooManyTags,
    vitals,
} from "./resources.ts";
import type { Kind, Phase } from "./states.ts";
import type { Resource } from "./store.ts";
import { latestUpdate } from "./updates.ts";

/**
 * Creates the resource of a Create call, with the call's name, parent and tags. `tail` and `siblings` are those of
 * `create`.
 */
export type Add = (resource: { properties: object; tail?: string; siblings?: readonly unknown[] }) => Resource;

/** What distinguishes the operations of a resource kind from those of the other kinds. */
interface Declaration<Properties extends object> {
    /** Name of the member with the parent's ARN, such as `datasetGroupArn`, in the inputs and in the responses. */
    parent?: string;
    /** Checks the input of Create, which comes without name and tags, and creates the resource by `add`. */
    create(call: Call, input: never, add: Add): Resource;
    /**
     * Returns members of the answers that are not stored properties. Answers have only members of the service model.
     */
    view?(call: Call, resource: Resource<Properties>): object;
    /** Returns the state of a resource. By default, `computePhase` computes the state from the resource's times. */
    phase?(call: Call, resource: Resource<Properties>): Phase;
    /** Returns the resources of List by the ARN of the parent; absent: all children of the parent. */
    list?(call: Call, parentArn: string | undefined): Resource<Properties>[];
    /** Begins a deletion; absent if the service has no such operation. */
    remove?(call: Call, resource: Resource<Properties>): void;
}

const withoutTags: readonly Kind[] = ["schema", "metric-attribution"];

/** Returns the handlers of Create, Describe, List and Delete of a resource kind, by the names of the service model. */
export function createKindHandlers<Properties extends object>(
    kind: Kind,
    { parent, create, view, phase = computePhase, list, remove }: Declaration<Properties>,
): Record<string, Handler> {
    const noun = kind.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
    const member = noun.charAt(0).toLowerCase() + noun.slice(1);
    const nameMember = kind.endsWith("-job") ? "jobName" : "name";
    const find = (call: Call, input: Record<string, string>) =>
        need<Properties>(call, kind, input[`${member}Arn`] as string);
    const shown = (call: Call, resource: Resource<Properties>) => ({
        ...resource.properties,
        [nameMember]: resource.name,
        [`${member}Arn`]: resource.arn,
        ...(parent && { [parent]: resource.parent }),
        ...vitals(resource, phase(call, resource)),
        [`latest${noun}Update`]: latestUpdate(call, resource),
        ...view?.(call, resource),
    });
    const handlers: Record<string, Handler> = {
        [`Create${noun}`](call, { [nameMember]: name, tags, ...input }: { tags?: Tag[]; [member: string]: unknown }) {
            const given = {
                name: (name ?? "") as string,
                parent: parent && (input[parent] as string | undefined),
                tags: withoutTags.includes(kind) ? [] : tags,
            };
            const add: Add = (resource) => createResource(call, { kind, ...given, ...resource });
            const { arn, properties } = create(call, input as never, add);
            return { ...properties, [`${member}Arn`]: arn };
        },
        [`Describe${noun}`]: (call, input) => ({ [member]: shown(call, find(call, input)) }),
        [`List${noun}s`](call, input: PageInput & Record<string, string>) {
            const parentArn = parent === undefined ? undefined : input[parent];
            const all = list?.(call, parentArn) ?? call.store.list<Properties>(kind, call.region, parentArn);
            const { page, ...token } = paginate(all, input, `${kind} ${parentArn}`);
            // In the service model, only the list of filters begins with a capital letter.
            const members = kind === "filter" ? "Filters" : `${member}s`;
            return { [members]: page.map((resource) => shown(call, resource)), ...token };
        },
    };
    if (remove) handlers[`Delete${noun}`] = (call, input) => remove(call, find(call, input));
    return handlers;
}

export const tagHandlers: Record<string, Handler> = {
    TagResource(call, input: { resourceArn: string; tags: Tag[] }) {
        const resource = taggable(call, input.resourceArn);
        const tags = checkedTags(input.tags);
        const keys = new Set([...call.store.tags(resource.id), ...tags].map(({ tagKey }) => tagKey));
        if (keys.size > largestCount) throw tooManyTags();
        call.store.transaction(() => {
            for (const tag of tags) call.store.putTag(resource.id, tag);
        });
    },
    UntagResource(call, input: { resourceArn: string; tagKeys: string[] }) {
        const resource = taggable(call, input.resourceArn);
        if (input.tagKeys.length > largestCount) {
            throw new ServiceError(
                "TooManyTagKeysException",
                `At most ${largestCount} tag keys are allowed in a call.`,
            );
        }
        call.store.transaction(() => {
            for (const key of input.tagKeys) call.store.dropTag(resource.id, key);
        });
    },
    ListTagsForResource: (call, input: { resourceArn: string }) => ({
        tags: call.store.tags(taggable(call, input.resourceArn).id),
    }),
};

function taggable(call: Call, arn: string): Resource {
    const resource = call.store.find(call.region, arn);
    if (!resource) throw notFound("resource", arn);
    if (withoutTags.includes(resource.kind)) {
        throw invalidInput(`A ${resource.kind} cannot have tags: ${arn}`);
    }
    return resource;
}

import type { PersonalizeClient } from "@aws-sdk/client-personalize";
import { canonical, isDeadEnd, isLeaving, type Properties } from "./diff.ts";
import { goneOrThrow, remove, waitUntilGone } from "./remove.ts";
import type { CommonInputs, Description, ResourceKind } from "./resource.ts";
import { isOurs, tagsOf } from "./tags.ts";
import type { WaitDeps } from "./wait.ts";

const wayOut =
    "Nothing was changed. Give this stack other names with `pulumi config set nameSuffix -<name>`, or delete it.";
const adoptWayOut =
    "Nothing was changed. Take it out of config adopt, and the program makes its own; `npm run adopt` says what can be adopted.";

/**
 * The ARN of the resource of these inputs that an earlier run left and that is ours to go on with; undefined when
 * one is to be made. What failed to be created is deleted first, what is being deleted is waited for.
 *
 * @throws Error when a resource of that name is not of this stack, or is made otherwise than wanted.
 */
export async function adoptable<I extends CommonInputs>(
    kind: ResourceKind<I>,
    deps: WaitDeps,
    client: PersonalizeClient,
    inputs: I,
): Promise<string | undefined> {
    const what = `${kind.noun} ${kind.displayName(inputs)}`;
    const arn = inputs.adopt ?? (await kind.find(client, inputs));
    const description = arn === undefined ? undefined : await kind.describe(client, arn).catch(goneOrThrow);
    if (inputs.adopt !== undefined && description === undefined) {
        throw new Error(
            `${what}: config adopt names ${inputs.adopt}, which does not exist. Correct it, or take it out.`,
        );
    }
    if (arn === undefined || description === undefined) {
        return undefined;
    }
    if (kind.taggable && inputs.adopt === undefined) {
        await assertOurs(client, arn, what, inputs);
    }
    if (inputs.adopt !== undefined && isLeaving(description.status)) {
        // To delete it and make another would not be what was asked for.
        throw new Error(`${what}: config adopt names ${inputs.adopt}, which is ${description.status}. ${adoptWayOut}`);
    }
    const leaving = { arn, what, pollSeconds: inputs.pollSeconds, tags: inputs.tags };
    if (description.status.startsWith("DELETE")) {
        await waitUntilGone(kind, deps, client, leaving);
        return undefined;
    }
    if (kind.delete && isDeadEnd(description.status)) {
        deps.log(`${what} is left from an earlier run (${description.status}); it is deleted and made again`);
        await remove(kind, deps, client, leaving);
        return undefined;
    }
    const differing = differingOf(kind, inputs, description);
    if (differing.length > 0) {
        const out = inputs.adopt === undefined ? wayOut : adoptWayOut;
        throw new Error(`${what} exists already with another ${differing.join(", ")}. ${out}`);
    }
    const whose = inputs.adopt === undefined ? "is of this stack" : "is adopted by config";
    deps.log(`${what} exists already and ${whose}; going on with it`);
    return arn;
}

/**
 * The properties in which what stands differs from what is wanted and which the service cannot change. What is adopted
 * by config keeps its name.
 */
export function differingOf<I extends CommonInputs>(
    kind: ResourceKind<I>,
    inputs: I,
    description: Description,
): string[] {
    const wanted = inputs as unknown as Properties;
    return kind.replaces.filter(
        (key) =>
            key in description.properties &&
            !(key === "name" && inputs.adopt !== undefined) &&
            canonical(description.properties[key]) !== canonical(wanted[key]),
    );
}

async function assertOurs(client: PersonalizeClient, arn: string, what: string, inputs: CommonInputs): Promise<void> {
    const has = await tagsOf(client, arn);
    if (!isOurs(has, inputs.tags)) {
        throw new Error(
            `${what} exists already and is not of this stack: its tags are ${JSON.stringify(has)}. ${wayOut}`,
        );
    }
}

import { randomBytes } from "node:crypto";
import type { PersonalizeClient } from "@aws-sdk/client-personalize";
import type { Advice } from "./advice.ts";
import { type AnyKind, isDeadEnd, isEqualValue, isLeaving, type Properties, replacing } from "./diff.ts";
import { goneOrThrow, remove, waitUntilGone } from "./remove.ts";
import type { CommonInputs, Description } from "./resource.ts";
import { isOurs, listTags, type Tags } from "./tags.ts";
import type { LifecycleDeps } from "./wait.ts";

/**
 * Returns the ARN of an existing resource that these inputs can use; undefined if the program must create one.
 * `isForeign` states that the stack did not create it and must not delete it: a resource that cannot have tags belongs
 * to the stack only if it is younger than the stack's owner. Deletes a resource whose creation failed, and waits for a
 * running deletion.
 *
 * @throws Error if a resource of this name does not belong to the stack, or differs in a property that Personalize
 * cannot change
 */
export async function adoptable(
    kind: AnyKind,
    deps: LifecycleDeps,
    inputs: CommonInputs,
): Promise<{ readonly arn: string; readonly isForeign: boolean } | undefined> {
    const client = deps.client(inputs.region);
    const what = `${kind.noun} ${kind.displayName(inputs)}`;
    const arn = inputs.adopt ?? (await kind.find(client, inputs));
    const description = arn === undefined ? undefined : await kind.describe(client, arn).catch(goneOrThrow);
    if (inputs.adopt !== undefined && description === undefined) {
        throw new Error(
            `${what}: the input \`adopt\` is ${inputs.adopt}, which does not exist. Correct or remove this input.`,
        );
    }
    if (arn === undefined || description === undefined) return undefined;
    if (kind.taggable && inputs.adopt === undefined) {
        const has = await listTags(client, arn);
        if (!isOurs(has, inputs.owner)) throw new Error(`${what} ${notOurs(deps.advice, arn, has, inputs)}`);
    }
    if (inputs.adopt !== undefined && isLeaving(description.status)) {
        // Do not delete the resource: with `adopt`, the program must use this resource, not a new one.
        throw new Error(
            `${what}: the input \`adopt\` is ${inputs.adopt}, whose status is ${description.status}. ${deps.advice.otherAdoption}`,
        );
    }
    const leaving = { ...inputs, client, arn, what };
    if (description.status.startsWith("DELETE")) {
        await waitUntilGone(kind, deps, leaving);
        return undefined;
    }
    if (kind.delete && isDeadEnd(description.status)) {
        deps.log(`${what} is left from an earlier run (${description.status}); deleting it, then creating it again`);
        await remove(kind, deps, leaving);
        return undefined;
    }
    const differing = findDifferences(kind, inputs, description);
    if (differing.length > 0 && (await isInterruptedCreation(kind, client, arn, inputs))) {
        deps.log(
            `${what} is left from an interrupted change of ${differing.join(", ")}, and nothing uses it; deleting it, ` +
                "then creating it again",
        );
        await remove(kind, deps, leaving);
        return undefined;
    }
    if (differing.length > 0) {
        const { otherName, otherAdoption } = deps.advice;
        const out = inputs.adopt === undefined ? otherName : otherAdoption;
        throw new Error(`${what} already exists with a different ${differing.join(", ")}. ${out}`);
    }
    const isForeign = !kind.taggable && inputs.adopt === undefined && !isYounger(description, inputs.owner);
    const whose = inputs.adopt === undefined ? "belongs to this stack" : "is adopted";
    deps.log(
        `${what} already exists and ${isForeign ? "is older than this stack, which will not delete it" : whose}; using it`,
    );
    return { arn, isForeign };
}

const isYounger = ({ since }: Description, owner: string | undefined): boolean =>
    since !== undefined && since >= (createdAt(owner) ?? Number.POSITIVE_INFINITY);

/**
 * Checks whether an interrupted run of this stack created a resource with the inputs' name and did not record it. Such
 * a resource has the stack's owner tag, no other resource uses it, and it holds no data and no trained version.
 */
async function isInterruptedCreation(
    kind: AnyKind,
    client: PersonalizeClient,
    arn: string,
    { adopt, owner }: CommonInputs,
): Promise<boolean> {
    if (!kind.delete || !kind.taggable || adopt !== undefined) return false;
    if (!isOurs(await listTags(client, arn), owner)) return false;
    for await (const _ of kind.dependents?.(client, arn) ?? []) return false;
    return !(await kind.holdsData?.(client, arn));
}

/**
 * Returns the names of the properties that differ from the inputs and that Personalize cannot change. Ignores the name
 * of an adopted resource.
 */
function findDifferences(kind: AnyKind, inputs: CommonInputs, description: Description): string[] {
    const wanted: Properties = Object.fromEntries(Object.entries(inputs));
    return replacing(kind, wanted).filter(
        (key) =>
            key in description.properties &&
            !(key === "name" && inputs.adopt !== undefined) &&
            !isEqualValue(kind, key, description.properties[key], wanted[key]),
    );
}

/** Returns a message that a resource with these tags does not belong to the stack, and the operator's next steps. */
export const notOurs = (advice: Advice, arn: string, has: Tags, wanted: Pick<CommonInputs, "owner" | "tags">): string =>
    `already exists and does not belong to this stack: its tags are ${JSON.stringify(has)}. ${advice.otherOwner(arn, has, wanted)}`;

/**
 * Returns a UUID of version 7 (RFC 9562, section 5.7): 48 bits with the milliseconds since 1970, then random bits.
 * @param milliseconds the time of the UUID's creation, since 1970
 */
export function timedUuid(milliseconds: number): string {
    const bytes = randomBytes(16);
    bytes.writeUIntBE(milliseconds, 0, 6);
    bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6);
    bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
    return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Returns the time at which an `Owner` was created; undefined for an owner that is not the ID of an `Owner`. */
export function createdAt(owner: string | undefined): Date | undefined {
    const hex = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.exec(owner ?? "");
    return hex === null ? undefined : new Date(Number.parseInt(`${hex[1]}${hex[2]}`, 16));
}

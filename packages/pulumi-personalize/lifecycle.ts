import { randomBytes } from "node:crypto";
import { toError } from "terminal-text";
import { createdAt } from "./adopt.ts";
import {
    type AnyKind,
    compareProperties,
    type Diff,
    type Inputs,
    isChanged,
    isDeadEnd,
    keepSpelling,
    type Passed,
    type Properties,
    selectInputs,
} from "./diff.ts";
import { about, isNotFound, isRefusal, withAdvice } from "./errors.ts";
import { goneOrThrow, type Leaving, remove, stop } from "./remove.ts";
import { type CommonInputs, type Defaults, isUnknown, jsonClean, type Problem, unknownValue } from "./resource.ts";
import { createOrAdopt, createOuts, titleOf, waits } from "./settle.ts";
import { allTags, listTags, retag, tagInputs } from "./tags.ts";
import { isUnderWay, type LifecycleDeps } from "./wait.ts";

/** The lifecycle of a resource, with the methods of Pulumi's dynamic provider but without a dependency on Pulumi. */
export interface Handler {
    check(
        olds: Properties | undefined,
        news: Properties,
    ): Promise<{ inputs: Properties; failures: readonly Problem[] }>;
    diff(id: string, olds: Properties, news: Properties): Promise<Diff>;
    create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
    read(id: string, properties: Properties): Promise<{ id?: string; props?: Properties; inputs?: Properties }>;
    update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
    delete(id: string, properties: Properties): Promise<void>;
}

const defaultPollSeconds = 15;

/**
 * Returns the recorded properties, with AWS's values where they differ. An interrupted run or a person may have deleted
 * or updated the resource, and without a refresh the engine does not check this. If the call fails, returns the
 * recorded properties.
 */
async function inAws(kind: AnyKind, deps: LifecycleDeps, id: string, olds: Properties): Promise<Properties> {
    try {
        const { status, properties, update } = await kind.describe(deps.client(String(olds.region)), id);
        if (status.startsWith("DELETE")) return { ...olds, status: "DELETED" };
        const isUpdating = update !== undefined && isUnderWay(update.status);
        const current = keepSpelling(kind, olds, { ...properties, ...(isUpdating && update.properties) });
        const updated = kind.updates.filter((key) => current[key] !== undefined).map((key) => [key, current[key]]);
        return {
            ...olds,
            ...Object.fromEntries(updated),
            ...(isUpdating && update.properties === undefined && { status: `UPDATE ${update.status}` }),
        };
    } catch (error) {
        return isNotFound(error) ? { ...olds, status: "DELETED" } : olds;
    }
}

/** Returns the inputs, with defaults for those that the program omits. */
function withDefaults(kind: AnyKind, news: Inputs): Inputs {
    const { AWS_REGION: region = process.env.AWS_DEFAULT_REGION } = process.env;
    const { deadlineMinutes } = kind;
    const common = jsonClean({ region, tags: {}, pollSeconds: defaultPollSeconds, deadlineMinutes });
    return { ...common, ...kind.defaults?.(news), ...news };
}

/** Maximum number of characters of a generated name before its random digits; names have at most 63 characters. */
const longestStart = 55;

/** Returns a new name: the logical name in the service's characters, and 7 random digits, as Pulumi's auto-naming. */
function generateName(logicalName: string): string {
    const start = logicalName.replaceAll(/[^a-zA-Z0-9_-]+/g, "-").replace(/^[-_]+/, "");
    return `${start.slice(0, longestStart)}-${randomBytes(4).toString("hex").slice(0, 7)}`;
}

/**
 * Completes the inputs of a program that states no name or no region, with the recorded ones: neither an update nor a
 * changed default renames or moves a resource. A new resource gets a generated name and the default region. Adds the
 * default tags.
 * @param logicalName Pulumi's name of the resource; recorded if the name is generated
 */
function completed(kind: AnyKind, olds: Properties, { logicalName, ...news }: Inputs): Inputs {
    const { region, tags }: Defaults = isUnknown(news.defaults) ? {} : (news.defaults ?? {});
    const isNamed = news.name !== undefined || logicalName === undefined || !kind.replaces.includes("name");
    const own = {
        region: news.region ?? olds.region ?? region,
        tags: [tags, news.tags].some(isUnknown) ? unknownValue : tags && { ...tags, ...news.tags },
        ...(!isNamed && { name: olds.name ?? generateName(String(logicalName)), logicalName }),
    };
    return { ...news, ...jsonClean(own) } as unknown as Inputs;
}

const regionProblems = ({ region }: Partial<CommonInputs>): readonly Problem[] =>
    region === undefined
        ? [{ property: "region", reason: "is not set: pulumi config set aws:region <region>, or AWS_REGION" }]
        : [];

/**
 * Returns the recorded owner if an earlier release recorded `<project>/<stack>` as the default; else the wanted one.
 * Without this, every resource of such a stack would be updated, and could no longer be found after an interruption.
 */
function keptOwner(recorded: string | undefined, wanted: string | undefined): string | undefined {
    const isDefault = isUnknown(wanted) || createdAt(wanted) !== undefined;
    return recorded?.includes("/") && isDefault ? recorded : wanted;
}

/** Creates the full lifecycle of a kind: check, diff, create or adopt, wait, read, update, delete. */
export function lifecycle(kind: AnyKind, deps: LifecycleDeps): Handler {
    const { settle, repeat, updateAndSettle } = waits(kind, deps);
    return {
        async check(olds: Passed<Partial<CommonInputs>> | undefined, news: Inputs) {
            const owner = keptOwner(olds?.owner, news.owner);
            const given = completed(kind, olds ?? {}, { ...news, ...(owner !== undefined && { owner }) });
            const wanted = withDefaults(kind, given);
            const inputs = { ...wanted, ...kind.notes?.(olds ?? {}, wanted, new Date()) };
            return { inputs, failures: [...regionProblems(inputs), ...kind.problems(inputs)] };
        },
        async diff(id, olds, news) {
            const recorded = compareProperties(kind, olds, news);
            const difference = compareProperties(kind, await inAws(kind, deps, id, olds), news);
            return difference.changes ? difference : recorded;
        },
        async create(inputs: Inputs) {
            try {
                const { arn, adopted, isForeign } = await createOrAdopt(kind, deps, inputs);
                if (adopted && kind.taggable) await retag(deps.client(inputs.region), arn, allTags(kind, inputs));
                const recorded = { ...inputs, ...(isForeign && { isForeign }) };
                const outs = await settle(arn, recorded).catch((failure) => repeat(arn, recorded, failure));
                const id = String(outs.arn);
                // Update a new resource if necessary, because only an update can set some inputs, such as `stopped` of
                // a recommender.
                const isOther = adopted || kind.updates.some((key) => isChanged(kind, key, outs, inputs));
                return { id, outs: isOther && kind.update ? await updateAndSettle(id, inputs) : outs };
            } catch (error) {
                const { id, properties: recorded }: Error & { id?: string; properties?: Properties } = toError(error);
                const isOver = isDeadEnd(recorded?.status) || isRefusal(error);
                const command = isOver ? kind.diagnosis?.(inputs, id, deps.advice) : undefined;
                throw withAdvice(about(titleOf(kind, inputs), error), command && `Find the cause with: ${command}`);
            }
        },
        async read(id, inputs: Passed<Partial<CommonInputs>>) {
            const client = deps.client(String(inputs.region));
            const description = await kind.describe(client, id).catch(goneOrThrow);
            if (description === undefined || (await kind.isOutlived?.(client, id))) return {};
            const isTagged = kind.taggable && !description.status.startsWith("DELETE");
            const tags = isTagged ? tagInputs(inputs, await listTags(client, id)) : {};
            const taggedDescription = { ...description, properties: { ...description.properties, ...tags } };
            // After `pulumi import` there are no recorded inputs, but a later deletion needs pollSeconds and
            // deadlineMinutes.
            const { pollSeconds = defaultPollSeconds, deadlineMinutes = kind.deadlineMinutes } = inputs;
            const props = createOuts(kind, { pollSeconds, deadlineMinutes, ...inputs }, id, taggedDescription);
            // Return the current inputs, so that a preview after a refresh shows both values of each changed property.
            return { id, props, inputs: selectInputs(kind, props) };
        },
        async update(id, olds: Inputs, news: Inputs) {
            await deps.assertEngineAlive();
            const createChangeCheck = (before: Properties) => (key: string) => isChanged(kind, key, before, news);
            // Wait first, because Personalize rejects an update while an earlier one is still in progress, for example
            // one that reached its deadline. If the wait fails, record the old tags in the state: otherwise, the next
            // update would not set the new tags.
            const { tags, owner, isForeign } = olds;
            const kept = { ...news, ...(isForeign === true && { isForeign }) };
            const settled = await settle(id, { ...kept, tags, owner } as Inputs);
            try {
                if (kind.taggable && ["tags", "owner"].some(createChangeCheck(olds))) {
                    await retag(deps.client(news.region), id, allTags(kind, news), olds.tags);
                }
                const isUpdate =
                    kind.updates.some(createChangeCheck(olds)) || kind.updates.some(createChangeCheck(settled));
                const end = isUpdate ? updateAndSettle : settle;
                return { outs: await end(id, kept) };
            } catch (error) {
                throw about(titleOf(kind, news), error);
            }
        },
        async delete(id, inputs: Inputs) {
            const client = deps.client(inputs.region);
            const leaving: Leaving = { ...inputs, client, arn: id, what: titleOf(kind, inputs) };
            try {
                if (inputs.isForeign) {
                    deps.log(`${leaving.what} existed before this stack, so it remains in AWS`);
                    return;
                }
                if (kind.delete) {
                    await remove(kind, deps, leaving);
                    return;
                }
                if (kind.stop) await stop(kind, deps, leaving);
                deps.log(`${leaving.what}: Personalize cannot delete a ${kind.noun}, so it remains in AWS`);
            } catch (error) {
                throw about(leaving.what, error);
            }
        },
    };
}

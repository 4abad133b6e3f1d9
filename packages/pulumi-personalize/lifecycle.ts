import type { PersonalizeClient } from "@aws-sdk/client-personalize";
import { toError } from "terminal-text";
import { createOrAdopt } from "./create.ts";
import type { LifecycleDeps } from "./deps.ts";
import {
    compareProperties,
    type Diff,
    isChanged,
    isDeadEnd,
    isEqualValue,
    keepSpelling,
    type Properties,
    selectInputs,
} from "./diff.ts";
import { about, formatError, initFailure, isInUse, isNotFound, isRefusal, isTransient, withAdvice } from "./errors.ts";
import { goneOrThrow, remove, stop } from "./remove.ts";
import { type CommonInputs, type Description, jsonClean, type Problem, type ResourceKind } from "./resource.ts";
import { allTags, listTags, retag, tagInputs } from "./tags.ts";
import { isUnderWay, pause, type Verdict, verdictOn, waitFor } from "./wait.ts";

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

/** Inputs of a kind as Pulumi passes them, possibly with further properties. */
export type Passed<I> = I & Properties;

const mostUpdateAttempts = 5;
const defaultPollSeconds = 15;

/** Returns a function that checks whether a property has the value that the update requested. */
const isAsWanted =
    <I extends CommonInputs>(kind: ResourceKind<I>, inputs: I, { properties }: Description) =>
    (key: keyof I & string) =>
        isEqualValue(kind, key, properties[key], inputs[key]);

const titleOf = <I extends CommonInputs>(kind: ResourceKind<I>, inputs: I) =>
    `${kind.noun} ${kind.displayName(inputs)}`;

/** Returns the properties that Pulumi records. */
const createOuts = <I extends CommonInputs>(
    kind: ResourceKind<I>,
    inputs: Properties,
    arn: string,
    description: Description,
) =>
    jsonClean({
        ...inputs,
        // Keep the user's text in the state: a different text with the same meaning is not drift.
        ...keepSpelling(kind, inputs, description.properties),
        arn,
        status: description.status,
    });

/**
 * Returns the recorded properties, with AWS's values where they differ. An interrupted run or a person may have deleted
 * or updated the resource, and without a refresh the engine does not check this. If the call fails, returns the
 * recorded properties.
 */
async function inAws<I extends CommonInputs>(
    kind: ResourceKind<I>,
    deps: LifecycleDeps,
    id: string,
    olds: Properties,
): Promise<Properties> {
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
function withDefaults<I extends CommonInputs>(kind: ResourceKind<I>, news: Passed<I>): Passed<I> {
    const { AWS_REGION: region = process.env.AWS_DEFAULT_REGION } = process.env;
    const common = jsonClean({
        region,
        tags: {},
        pollSeconds: defaultPollSeconds,
        deadlineMinutes: kind.deadlineMinutes,
    });
    return Object.assign(common, kind.defaults?.(news), news);
}

const regionProblems = ({ region }: Partial<CommonInputs>): readonly Problem[] =>
    region === undefined
        ? [{ property: "region", reason: "is not set: pulumi config set aws:region <region>, or AWS_REGION" }]
        : [];

/** Creates the parts of a lifecycle that wait for Personalize. */
function waits<I extends CommonInputs>(kind: ResourceKind<I>, deps: LifecycleDeps) {
    const judge =
        (updated: I | undefined) =>
        (description: Description): Verdict<Description> => {
            const verdict = verdictOn(description);
            const failed =
                "done" in verdict && description.update !== undefined && description.update.status !== "ACTIVE";
            // Ignore the failure of an earlier update if the properties have the wanted values, because Personalize
            // still reports this failure.
            return updated && failed && !kind.updates.every(isAsWanted(kind, updated, description))
                ? {
                      failed: `the update failed, so the previous configuration stays. Reason from Personalize: ${description.update?.failureReason}`,
                  }
                : verdict;
        };

    /**
     * Waits until the resource is ACTIVE. An error contains the resource's ARN and properties, so that Pulumi records
     * the resource.
     */
    async function settle(client: PersonalizeClient, arn: string, inputs: Passed<I>, updated?: I): Promise<Properties> {
        let last: Description = { status: "CREATE PENDING", properties: {} };
        const description = async () => {
            last = await kind.describe(client, arn);
            return last;
        };
        try {
            const goOn = `The work continues in AWS; \`pulumi up\` resumes the wait. ${deps.advice.deadlines}`;
            const plan = { what: titleOf(kind, inputs), usual: kind.usual, goOn, ...inputs };
            const settled = await waitFor(deps, plan, description, judge(updated));
            return createOuts(kind, inputs, arn, settled);
        } catch (error) {
            throw initFailure(arn, createOuts(kind, inputs, arn, last), formatError(error));
        }
    }

    /** Repeats a failed creation once if it may succeed then; otherwise throws the failure. */
    async function repeat(
        client: PersonalizeClient,
        arn: string,
        inputs: Passed<I>,
        failure: Error,
    ): Promise<Properties> {
        const why = await kind.worthRepeating?.(client, arn, inputs);
        if (why === undefined) {
            throw failure;
        }
        deps.log(`${failure.message} ${why}`);
        return settle(client, (await createOrAdopt(kind, deps, inputs)).arn, inputs);
    }

    /**
     * Requests an update and waits for it. If the response was lost or another update is running, waits for that
     * update, and then requests the values that are still missing.
     */
    async function updateAndSettle(client: PersonalizeClient, arn: string, inputs: Passed<I>): Promise<Properties> {
        for (let attempt = 1; ; attempt += 1) {
            try {
                await deps.assertEngineAlive();
                await kind.update?.(client, arn, inputs);
                break;
            } catch (error) {
                if (attempt === mostUpdateAttempts || !(isInUse(error) || isTransient(error))) {
                    throw error;
                }
                deps.log(
                    `${titleOf(kind, inputs)}: ${formatError(error)}; waiting before the next attempt of the update`,
                );
                await deps.sleep(pause(deps, inputs.pollSeconds));
                await settle(client, arn, inputs);
            }
        }
        return settle(client, arn, inputs, inputs);
    }

    return { settle, repeat, updateAndSettle };
}

/** Creates the full lifecycle of a kind: check, diff, create or adopt, wait, read, update, delete. */
export function lifecycle<I extends CommonInputs>(kind: ResourceKind<I>, deps: LifecycleDeps): Handler {
    const { settle, repeat, updateAndSettle } = waits(kind, deps);
    return {
        async check(olds: Passed<Partial<I>> | undefined, news: Passed<I>) {
            const inputs = withDefaults(kind, news);
            const notes = kind.notes?.(olds ?? {}, inputs, new Date());
            return { inputs: { ...inputs, ...notes }, failures: [...regionProblems(inputs), ...kind.problems(inputs)] };
        },
        async diff(id, olds, news) {
            const recorded = compareProperties(kind, olds, news);
            const difference = compareProperties(kind, await inAws(kind, deps, id, olds), news);
            return difference.changes ? difference : recorded;
        },
        async create(inputs: Passed<I>) {
            const client = deps.client(inputs.region);
            try {
                const { arn, adopted } = await createOrAdopt(kind, deps, inputs);
                if (adopted && kind.taggable) {
                    await retag(client, arn, allTags(kind, inputs));
                }
                const outs = await settle(client, arn, inputs).catch((failure) => repeat(client, arn, inputs, failure));
                const id = String(outs.arn);
                // Update a new resource if necessary, because only an update can set some inputs, such as `stopped` of
                // a recommender.
                const isOther = adopted || kind.updates.some((key) => isChanged(kind, key, outs, inputs));
                return { id, outs: isOther && kind.update ? await updateAndSettle(client, id, inputs) : outs };
            } catch (error) {
                const { id, properties: recorded }: Error & { id?: string; properties?: Properties } = toError(error);
                const isOver = isDeadEnd(recorded?.status) || isRefusal(error);
                const command = isOver ? kind.diagnosis?.(inputs, id, deps.advice) : undefined;
                throw withAdvice(about(titleOf(kind, inputs), error), command && `Find the cause with: ${command}`);
            }
        },
        async read(id, inputs: Passed<I>) {
            const client = deps.client(String(inputs.region));
            const description = await kind.describe(client, id).catch(goneOrThrow);
            if (description === undefined || (await kind.isOutlived?.(client, id))) {
                return {};
            }
            const isTagged = kind.taggable && !description.status.startsWith("DELETE");
            const tags = isTagged ? tagInputs(inputs, await listTags(client, id)) : {};
            const taggedDescription = { ...description, properties: { ...description.properties, ...tags } };
            // After `pulumi import` there are no recorded inputs, but a later deletion needs pollSeconds and
            // deadlineMinutes.
            const { pollSeconds = defaultPollSeconds, deadlineMinutes = kind.deadlineMinutes } = inputs;
            const recorded = Object.assign({ pollSeconds, deadlineMinutes }, inputs);
            const props = createOuts(kind, recorded, id, taggedDescription);
            // Return the current inputs, so that a preview after a refresh shows both values of each changed property.
            return { id, props, inputs: selectInputs(kind, props) };
        },
        async update(id, olds: Passed<I>, news: Passed<I>) {
            const client = deps.client(news.region);
            await deps.assertEngineAlive();
            const createChangeCheck = (before: Properties) => (key: string) => isChanged(kind, key, before, news);
            // Wait first, because Personalize rejects an update while an earlier one is still in progress, for example
            // one that reached its deadline. If the wait fails, record the old tags in the state: otherwise, the next
            // update would not set the new tags.
            const settled = await settle(client, id, Object.assign({}, news, { tags: olds.tags, owner: olds.owner }));
            try {
                if (kind.taggable && ["tags", "owner"].some(createChangeCheck(olds))) {
                    await retag(client, id, allTags(kind, news), olds.tags);
                }
                const isUpdate =
                    kind.updates.some(createChangeCheck(olds)) || kind.updates.some(createChangeCheck(settled));
                const end = isUpdate ? updateAndSettle : settle;
                return { outs: await end(client, id, news) };
            } catch (error) {
                throw about(titleOf(kind, news), error);
            }
        },
        async delete(id, inputs: Passed<I>) {
            const { pollSeconds, owner } = inputs;
            const leaving = { arn: id, what: titleOf(kind, inputs), pollSeconds, owner };
            try {
                if (kind.delete) {
                    await remove(kind, deps, deps.client(inputs.region), leaving);
                    return;
                }
                if (kind.stop) {
                    await stop(kind, deps, deps.client(inputs.region), leaving);
                }
                deps.log(`${titleOf(kind, inputs)}: Personalize cannot delete a ${kind.noun}, so it remains in AWS`);
            } catch (error) {
                throw about(titleOf(kind, inputs), error);
            }
        },
    };
}

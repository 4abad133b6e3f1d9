import {
    ListTagsForResourceCommand,
    type PersonalizeClient,
    TagResourceCommand,
    UntagResourceCommand,
} from "@aws-sdk/client-personalize";
import { about, describe, initFailure, isInUse, isNotFound } from "./errors.ts";
import { type CommonInputs, jsonClean, type Look, type Problem, type ResourceKind, tagList } from "./resource.ts";
import { type Verdict, type WaitDeps, waitFor } from "./wait.ts";

export interface LifecycleDeps extends WaitDeps {
    client(region: string): PersonalizeClient;
}

type Properties = Readonly<Record<string, unknown>>;

/** One life of a resource, in the shape of Pulumi's dynamic provider but free of Pulumi. */
export interface Handler {
    check(olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: readonly Problem[] }>;
    diff(id: string, olds: Properties, news: Properties): Promise<Diff>;
    create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
    read(id: string, properties: Properties): Promise<{ id?: string; props?: Properties }>;
    update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
    delete(id: string, properties: Properties): Promise<void>;
}

export interface Diff {
    readonly changes: boolean;
    readonly replaces: string[];
    readonly deleteBeforeReplace: boolean;
}

/** Deleting a campaign takes 16 to 18 minutes; whatever the stack's deadlines are, a delete gets this long. */
const deleteDeadlineMinutes = 60;

/** A resource in such a state never becomes ACTIVE: it can only be made anew. A stopped training cannot be resumed. */
const isDeadEnd = (status: unknown) => status === "CREATE FAILED" || status === "CREATE STOPPED";

/** Inputs that steer the program and are no property of the resource: a change is recorded and calls nothing. */
const steering = ["pollSeconds", "deadlineMinutes"] as const;

/**
 * The differences between what is recorded and what is wanted. Compares plainly, so that a value unknown at
 * preview counts as changed: the engine relies on that to order deletions.
 */
export function diffOf<I extends CommonInputs>(kind: ResourceKind<I>, olds: Properties, news: Properties): Diff {
    const changed = (key: string) => canonical(olds[key]) !== canonical(news[key]);
    const replaces: string[] = kind.replaces.filter(changed);
    if (isDeadEnd(olds.status)) {
        replaces.push("status");
    }
    return {
        changes:
            replaces.length > 0 || [...kind.updates, ...steering].some(changed) || (kind.taggable && changed("tags")),
        replaces,
        deleteBeforeReplace: kind.deleteBeforeReplace && replaces.length > 0,
    };
}

function canonical(value: unknown): string {
    return JSON.stringify(value, (_, inner: unknown) =>
        inner !== null && typeof inner === "object" && !Array.isArray(inner)
            ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
            : inner,
    ) as string;
}

/** Gives a kind its whole life: check, diff, create or adopt, wait, read, update, delete. */
export function lifecycle<I extends CommonInputs>(kind: ResourceKind<I>, deps: LifecycleDeps): Handler {
    const title = (inputs: I) => `${kind.noun} ${kind.nameOf(inputs)}`;
    const outsOf = (inputs: Properties, arn: string, look: Look) =>
        jsonClean({ ...inputs, ...look.properties, arn, status: look.status });

    const judge =
        (afterUpdate: boolean) =>
        (look: Look): Verdict<Look> => {
            if (isDeadEnd(look.status)) {
                return {
                    failed: `${look.status}. The service says: ${look.failureReason ?? "nothing of the reason"}`,
                };
            }
            if (look.status !== "ACTIVE") {
                return { state: look.status };
            }
            const pending = look.update;
            if (pending && /PENDING|IN_PROGRESS/.test(pending.status)) {
                return { state: `UPDATE ${pending.status}` };
            }
            return afterUpdate && pending && pending.status !== "ACTIVE"
                ? { failed: `the update failed, the old one goes on. The service says: ${pending.failureReason}` }
                : { done: look };
        };

    /** Waits until it is ACTIVE; whatever goes wrong from here on is recorded with the resource, never lost. */
    async function settle(client: PersonalizeClient, arn: string, inputs: I, afterUpdate = false): Promise<Properties> {
        let last: Look = { status: "CREATE PENDING", properties: {} };
        const look = async () => {
            last = await kind.look(client, arn);
            return last;
        };
        try {
            const plan = { what: title(inputs), usual: kind.usual, ...inputs };
            const settled = await waitFor(deps, plan, look, judge(afterUpdate));
            return outsOf(inputs as unknown as Properties, arn, settled);
        } catch (error) {
            throw initFailure(arn, outsOf(inputs as unknown as Properties, arn, last), describe(error));
        }
    }

    async function waitUntilGone(client: PersonalizeClient, arn: string, what: string, pollSeconds: number) {
        const plan = { what, usual: "minutes", pollSeconds, deadlineMinutes: deleteDeadlineMinutes };
        await waitFor(
            deps,
            plan,
            async () => kind.look(client, arn).catch(goneOrThrow),
            (look) => (look === undefined ? { done: true } : { state: look.status }),
        );
    }

    async function remove(client: PersonalizeClient, arn: string, what: string, pollSeconds: number) {
        const ask = async () => {
            try {
                await kind.delete?.(client, arn);
                return "accepted" as const;
            } catch (error) {
                if (isNotFound(error)) {
                    return "accepted" as const;
                }
                if (!isInUse(error)) {
                    throw error;
                }
                const look = await kind.look(client, arn).catch(goneOrThrow);
                return look === undefined || look.status.startsWith("DELETE") ? ("accepted" as const) : describe(error);
            }
        };
        const plan = { what, usual: "minutes", pollSeconds, deadlineMinutes: deleteDeadlineMinutes };
        await waitFor(deps, plan, ask, (answer) => (answer === "accepted" ? { done: true } : { state: answer }));
        await waitUntilGone(client, arn, what, pollSeconds);
    }

    /** The resource of these inputs that is there already and is ours to go on with. */
    async function adoptable(client: PersonalizeClient, inputs: I): Promise<string | undefined> {
        const arn = await kind.find(client, inputs);
        const look = arn === undefined ? undefined : await kind.look(client, arn).catch(goneOrThrow);
        if (arn === undefined || look === undefined) {
            return undefined;
        }
        const wanted = inputs as unknown as Properties;
        const differing = kind.replaces.filter(
            (key) => key in look.properties && canonical(look.properties[key]) !== canonical(wanted[key]),
        );
        await assertOurs(client, arn, inputs, differing);
        if (look.status.startsWith("DELETE")) {
            await waitUntilGone(client, arn, title(inputs), inputs.pollSeconds);
            return undefined;
        }
        if (kind.delete && (isDeadEnd(look.status) || differing.length > 0)) {
            deps.log(`${title(inputs)} is left from an earlier run (${look.status}); it is deleted and made again`);
            await remove(client, arn, title(inputs), inputs.pollSeconds);
            return undefined;
        }
        deps.log(`${title(inputs)} exists already and is of this stack; going on with it`);
        return arn;
    }

    async function assertOurs(client: PersonalizeClient, arn: string, inputs: I, differing: readonly string[]) {
        const wayOut =
            "Nothing was changed. Give this stack other names with `pulumi config set nameSuffix -<name>`, or delete it.";
        if (!kind.taggable) {
            if (differing.length > 0) {
                throw new Error(`${title(inputs)} exists already with another ${differing.join(", ")}. ${wayOut}`);
            }
            return;
        }
        const { tags = [] } = await client.send(new ListTagsForResourceCommand({ resourceArn: arn }));
        const has = Object.fromEntries(tags.map(({ tagKey, tagValue }) => [tagKey, tagValue]));
        if (["pulumi:project", "pulumi:stack"].some((key) => has[key] !== inputs.tags[key])) {
            throw new Error(
                `${title(inputs)} exists already and is not of this stack: its tags are ${JSON.stringify(has)}. ${wayOut}`,
            );
        }
    }

    async function retag(client: PersonalizeClient, resourceArn: string, olds: I, news: I) {
        const gone = Object.keys(olds.tags ?? {}).filter((key) => !(key in news.tags));
        if (gone.length > 0) {
            await client.send(new UntagResourceCommand({ resourceArn, tagKeys: gone }));
        }
        await client.send(new TagResourceCommand({ resourceArn, tags: tagList(news.tags) }));
    }

    return {
        async check(_olds, news) {
            return { inputs: news, failures: kind.problems(news as unknown as I) };
        },
        async diff(_id, olds, news) {
            return diffOf(kind, olds, news);
        },
        async create(properties) {
            const inputs = properties as unknown as I;
            const client = deps.client(inputs.region);
            await deps.assertEngineAlive();
            try {
                const existing = await adoptable(client, inputs);
                if (existing !== undefined && kind.update && kind.updates.length > 0) {
                    await settle(client, existing, inputs);
                    await kind.update(client, existing, inputs);
                    return { id: existing, outs: await settle(client, existing, inputs, true) };
                }
                const arn = existing ?? (await kind.create(client, inputs));
                return { id: arn, outs: await settle(client, arn, inputs) };
            } catch (error) {
                throw about(title(inputs), error);
            }
        },
        async read(id, properties) {
            const look = await kind.look(deps.client(String(properties.region)), id).catch(goneOrThrow);
            return look === undefined ? {} : { id, props: outsOf(properties, id, look) };
        },
        async update(id, oldProperties, newProperties) {
            const olds = oldProperties as unknown as I;
            const news = newProperties as unknown as I;
            const client = deps.client(news.region);
            await deps.assertEngineAlive();
            const changed = (key: string) => canonical(oldProperties[key]) !== canonical(newProperties[key]);
            const updating = kind.update !== undefined && kind.updates.some(changed);
            if (oldProperties.status !== "ACTIVE" || updating) {
                // The service refuses an update while the one before goes on, as after a deadline.
                await settle(client, id, news);
            }
            try {
                if (kind.taggable && changed("tags")) {
                    await retag(client, id, olds, news);
                }
                if (updating) {
                    await kind.update?.(client, id, news);
                }
            } catch (error) {
                throw about(title(news), error);
            }
            return { outs: await settle(client, id, news, updating) };
        },
        async delete(id, properties) {
            const inputs = properties as unknown as I;
            if (!kind.delete) {
                deps.log(
                    `${title(inputs)}: the service has no delete for a ${kind.noun}; its record stays, it costs nothing`,
                );
                return;
            }
            try {
                await remove(deps.client(inputs.region), id, title(inputs), inputs.pollSeconds);
            } catch (error) {
                throw about(title(inputs), error);
            }
        },
    };
}

function goneOrThrow(error: unknown): undefined {
    if (!isNotFound(error)) {
        throw error;
    }
    return undefined;
}

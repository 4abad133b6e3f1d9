import { type PersonalizeClient, TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-personalize";
import { adoptable } from "./adopt.ts";
import { canonical, type Diff, diffOf, isDeadEnd, type Properties } from "./diff.ts";
import { about, describe, initFailure } from "./errors.ts";
import { goneOrThrow, remove } from "./remove.ts";
import { type CommonInputs, jsonClean, type Look, type Problem, type ResourceKind, tagList } from "./resource.ts";
import { type Verdict, type WaitDeps, waitFor } from "./wait.ts";

export interface LifecycleDeps extends WaitDeps {
    client(region: string): PersonalizeClient;
}

/** One life of a resource, in the shape of Pulumi's dynamic provider but free of Pulumi. */
export interface Handler {
    check(olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: readonly Problem[] }>;
    diff(id: string, olds: Properties, news: Properties): Promise<Diff>;
    create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
    read(id: string, properties: Properties): Promise<{ id?: string; props?: Properties }>;
    update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
    delete(id: string, properties: Properties): Promise<void>;
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
            const goOn = "It goes on in AWS; `pulumi up` resumes the wait. docs/configuration.md has the deadlines.";
            const plan = { what: title(inputs), usual: kind.usual, goOn, ...inputs };
            const settled = await waitFor(deps, plan, look, judge(afterUpdate));
            return outsOf(inputs as unknown as Properties, arn, settled);
        } catch (error) {
            throw initFailure(arn, outsOf(inputs as unknown as Properties, arn, last), describe(error));
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
                const existing = await adoptable(kind, deps, client, inputs);
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
                // What is recorded when this fails must not claim the new tags: the next update would leave them out.
                await settle(client, id, { ...news, tags: olds.tags });
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
                deps.log(`${title(inputs)}: the service has no delete for a ${kind.noun}, so nothing is asked of it`);
                return;
            }
            try {
                const leaving = { arn: id, what: title(inputs), pollSeconds: inputs.pollSeconds };
                await remove(kind, deps, deps.client(inputs.region), leaving);
            } catch (error) {
                throw about(title(inputs), error);
            }
        },
    };
}

import { isDeepStrictEqual } from "node:util";
import type { Handler, Passed, Properties } from "pulumi-personalize/core";

/** A resource that has no counterpart in AWS: Pulumi's state records its inputs. */
interface StateOnlyResource<Inputs extends object> {
    /** Inputs whose change updates the resource. */
    readonly compared: readonly (keyof Inputs & string)[];
    idOf(inputs: Passed<Inputs>): string;
    /** Work of a create or update, before the inputs are recorded. */
    settle?(inputs: Passed<Inputs>): Promise<void>;
    /** The work of a deletion; absent: the deletion only removes the resource from the state. */
    remove?(inputs: Passed<Inputs>): Promise<void>;
}

/** Creates the handler of a resource whose only state is its recorded inputs. A caller may replace members of the handler. */
export function stateOnlyHandler<Inputs extends object>(resource: StateOnlyResource<Inputs>): Handler {
    const passed = (properties: Properties) => properties as Passed<Inputs>;
    return {
        check: async (_olds, news) => ({ inputs: news, failures: [] }),
        diff: async (_id, olds, news) => ({
            changes: resource.compared.some((key) => !isDeepStrictEqual(olds[key], news[key])),
            replaces: [],
            deleteBeforeReplace: false,
        }),
        async create(inputs) {
            await resource.settle?.(passed(inputs));
            return { id: resource.idOf(passed(inputs)), outs: inputs };
        },
        read: async (id, props) => ({ id, props }),
        async update(_id, _olds, news) {
            await resource.settle?.(passed(news));
            return { outs: news };
        },
        delete: async (_id, properties) => resource.remove?.(passed(properties)),
    };
}

import type { SSMClient } from "@aws-sdk/client-ssm";
import { about } from "./errors.ts";
import type { Handler } from "./lifecycle.ts";
import { removeAllStateFlags } from "./operations/state-flags.ts";

export interface StateFlagsInputs {
    readonly region: string;
    /** Path of the stack's SSM parameters. */
    readonly path: string;
}

/**
 * The life of a stack's marks: runbooks make and remove them, and when the stack is destroyed what is left of them
 * goes, or the next stack of that name would be born parked.
 */
export function stateFlagsHandler(deps: {
    ssm(region: string): SSMClient;
    assertEngineAlive(): Promise<void>;
}): Handler {
    return {
        check: async (_olds, news) => ({ inputs: news, failures: [] }),
        async diff(_id, olds, news) {
            const replaces = ["region", "path"].filter((key) => olds[key] !== news[key]);
            return { changes: replaces.length > 0, replaces, deleteBeforeReplace: false };
        },
        create: async (inputs) => ({ id: String(inputs.path), outs: inputs }),
        read: async (id, props) => ({ id, props }),
        update: async (_id, _olds, news) => ({ outs: news }),
        async delete(id, { region }) {
            await deps.assertEngineAlive();
            try {
                await removeAllStateFlags(deps.ssm(String(region)), id);
            } catch (error) {
                throw about(`SSM parameters under ${id}`, error);
            }
        },
    };
}

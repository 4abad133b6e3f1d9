import { randomUUID } from "node:crypto";
import { notOurs } from "./adopt.ts";
import { datasetGroup } from "./dataset-group.ts";
import { about } from "./errors.ts";
import type { Handler } from "./lifecycle.ts";
import { type ClientOf, type CommonInputs, isUnknown, type Problem } from "./resource.ts";
import { isOurs, ownerTag, type Tags, tagsOf } from "./tags.ts";

export interface StackOwnerInputs extends Pick<CommonInputs, "region" | "tags"> {
    /** Name of the stack's dataset group; undefined if config adopts one. */
    readonly datasetGroupName: string | undefined;
}

/**
 * The lifecycle of a stack's random id. `check` makes it once, so that the state has it before any resource has its tag.
 * It also runs in a preview: a stack whose names another stack has is refused before anything is made.
 */
export function stackOwnerHandler(deps: { readonly client: ClientOf }): Handler {
    async function problemsOf(inputs: StackOwnerInputs, owner: string): Promise<Problem[]> {
        const { datasetGroupName: name, region } = inputs;
        if (name === undefined || isUnknown(name)) {
            return [];
        }
        const client = deps.client(region);
        const what = `dataset group ${name}`;
        try {
            const arn = await datasetGroup.find(client, { ...inputs, name, pollSeconds: 0, deadlineMinutes: 0 });
            const has: Tags = arn === undefined ? {} : await tagsOf(client, arn);
            const mine = { ...inputs.tags, [ownerTag]: owner };
            // Without an owner, the dataset group's own lifecycle decides.
            return has[ownerTag] === undefined || isOurs(has, mine)
                ? []
                : [{ property: "datasetGroupName", reason: `${what} ${notOurs(has, mine)}` }];
        } catch (error) {
            throw about(what, error);
        }
    }
    return {
        async check(olds, news) {
            const recorded = olds?.ownerId;
            const ownerId = typeof recorded === "string" ? recorded : randomUUID();
            const failures = await problemsOf(news as unknown as StackOwnerInputs, ownerId);
            return { inputs: { ...news, ownerId }, failures };
        },
        async diff(_id, olds, news) {
            const changes = ["region", "datasetGroupName"].some((key) => olds[key] !== news[key]);
            return { changes, replaces: [], deleteBeforeReplace: false };
        },
        create: async (inputs) => ({ id: String(inputs.ownerId), outs: inputs }),
        read: async (id, props) => ({ id, props }),
        update: async (_id, _olds, news) => ({ outs: news }),
        async delete() {},
    };
}

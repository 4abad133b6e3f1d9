import type { PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import { formatError } from "terminal-text";
import type { StackConfig } from "../../../core/config/config.ts";
import {
    nameInArn,
    nowIso,
    type OperatedCampaign,
    type OperationDeps,
    regionOf,
    settledCampaign,
} from "../../../core/operations/operation.ts";
import { type Compared, judgedMetric, refusals } from "../../../core/operations/quality-gate.ts";
import {
    type Retraining,
    readStateFlags,
    type ServingFlag,
    type StateFlags,
    writeStateFlag,
} from "../../../core/operations/state-flags.ts";
import { switchVersion } from "../../../core/operations/switch-version.ts";
import { RunbookError } from "../cli/runbook.ts";
import { recommend } from "../recommendations/recommendations.ts";

/** Dependencies of a retraining, which tests replace. */
export interface RetrainDeps extends OperationDeps {
    /** Returns true if `pulumi up` would import or train. */
    hasNewData(): Promise<boolean>;
    /** Makes the next `pulumi up` import the data again although it is unchanged; missing without --reimport. */
    reimport?(): Promise<void>;
    /** Runs `pulumi up`. @throws Error if it fails. */
    up(): Promise<void>;
    /** Returns the ARN of the newest version in the stack's state. */
    newest(): Promise<string>;
    compare(fresh: string, live: string): Promise<Compared>;
    /** Returns a problem with the campaign's responses; undefined if the smoke test passes. */
    smokeProblem(): Promise<string | undefined>;
}

/** The result of a retraining. `fresh` is the new version; null without new data. */
export interface Retrained {
    readonly outcome: "switched" | "nothing new" | "imported again" | "refused" | "rolled back";
    readonly live: string;
    readonly fresh: string | null;
    /**
     * The newest version before the retraining. It differs from `live` if the state flag `hold` keeps the campaign at
     * an older version.
     */
    readonly newest: string;
    readonly compared: Compared | null;
    /** Reasons for a refusal or rollback. */
    readonly reasons: readonly string[];
}

/**
 * Trains on new data while the live version serves. Switches to the new version if it passes the quality gate, tests
 * it, and switches back if the test fails. Writes each step to the state flags before it begins, so that a second call
 * after a crash continues. The second call does not train again, because the stack's state contains the trained
 * version.
 * @throws Error the cause, if a step fails. The live version keeps serving, and the hold prevents `pulumi up` from
 * changing it.
 */
export async function retrain(
    deps: RetrainDeps,
    campaign: OperatedCampaign,
    thresholds: StackConfig["gate"],
): Promise<Retrained> {
    const { stack, campaignArn } = campaign;
    const ssm = deps.ssm(regionOf(campaignArn));
    const record = (flag: Omit<ServingFlag, "since">) =>
        writeStateFlag(ssm, stack, "serving", { ...flag, since: nowIso() });
    const served = (await settledCampaign(deps, campaign))?.solutionVersionArn;
    if (served === undefined) {
        throw new RunbookError("The stack has no campaign, so there is nothing to switch. Create it with: pulumi up");
    }
    const { serving }: StateFlags = await readStateFlags(ssm, stack);
    // If the state flag `serving` holds a version that the campaign does not serve, a switch was interrupted. Use the
    // version of the flag, because `up` completes the switch.
    const held = serving?.hold ? serving.solutionVersionArn : served;
    const retraining: Retraining = serving?.retraining ?? {
        live: held,
        newest: await deps.newest(),
        before: { hold: serving?.hold ?? false, reason: serving?.reason ?? "not held" },
    };
    const { live, newest, before } = retraining;
    const isSettled = served === (serving?.hold ? held : newest);
    if (serving?.retraining === undefined) {
        const isNew = !isSettled || (await deps.hasNewData());
        if (!isNew && deps.reimport === undefined) {
            return { outcome: "nothing new", live, fresh: null, newest, compared: null, reasons: [] };
        }
        // Request the import before writing the record of the retraining. If a record exists, the import is thus
        // already requested, and a resumed retraining does not request it again.
        await deps.reimport?.();
    }
    deps.log(
        serving?.retraining
            ? `resuming the retraining of ${serving.since}, which replaces version ${nameInArn(live)}` +
                  (deps.reimport ? "; it requested an import, so this run requests no other one" : "")
            : `version ${nameInArn(live)} continues to serve until a new one has passed`,
    );
    // If an earlier run crashed while it switched the campaign to the new version, the campaign no longer serves the
    // old version, `live`. Keep the version that it serves, because the comparison below decides which version serves
    // in the end.
    const meanwhile = serving?.retraining ? served : held;
    await record({ solutionVersionArn: meanwhile, hold: true, reason: "retraining", from: meanwhile, retraining });
    await deps.up();
    const fresh = await deps.newest();
    const end = { live, fresh, newest, compared: null, reasons: [] };
    if (fresh === newest) {
        await record({ solutionVersionArn: meanwhile, ...before, from: meanwhile });
        return { ...end, outcome: deps.reimport ? "imported again" : "nothing new", fresh: null };
    }

    const compared = await deps.compare(fresh, live);
    const reasons = refusals(compared, thresholds);
    if (reasons.length > 0) {
        // Switch back to the old version, `live`, because an earlier call may have crashed while the new version was
        // already serving.
        const reason = `the quality gate refused ${nameInArn(fresh)}`;
        await switchVersion(deps, { ...campaign, solutionVersionArn: live, hold: true, reason, refused: fresh });
        return { ...end, outcome: "refused", compared, reasons };
    }

    const figure = (of: Compared["live"]) => of?.[judgedMetric]?.toFixed(4) ?? "unknown";
    const reason = `retrained: NDCG@10 ${figure(compared.fresh)} after ${figure(compared.live)}`;
    await record({ solutionVersionArn: fresh, hold: false, reason, from: live, retraining });
    await deps.up();
    const problem = await deps.smokeProblem();
    if (problem !== undefined) {
        const failed = `smoke test of ${nameInArn(fresh)} failed: ${problem}`;
        const back = { solutionVersionArn: live, hold: true, reason: failed, refused: fresh };
        await switchVersion(deps, { ...campaign, ...back });
        return { ...end, outcome: "rolled back", compared, reasons: [problem] };
    }
    await record({ solutionVersionArn: fresh, hold: false, reason, from: live });
    return { ...end, outcome: "switched", compared };
}

/** A user id that is not in the data. */
const unknownUser = "movie-recommender-smoke-test";
const numResults = 10;

/**
 * Returns a problem with the campaign's responses; undefined if there is none. Known users and an unknown user must get
 * items of the data without an error, and known users must not all get the same items.
 */
export async function smokeProblem(
    client: PersonalizeRuntimeClient,
    campaignArn: string,
    knownUsers: readonly string[],
    itemIds: ReadonlySet<string>,
    signal: AbortSignal,
): Promise<string | undefined> {
    const lists: string[][] = [];
    for (const user of [...knownUsers, unknownUser]) {
        try {
            const ask = { campaignArn, users: [user], numResults, signal };
            const answer = await recommend({ client, titleOf: (itemId) => itemId }, ask);
            lists.push((answer[user] ?? []).map(({ itemId }) => itemId));
        } catch (error) {
            signal.throwIfAborted();
            return `user ${user} gets an error: ${formatError(error)}`;
        }
        const list = lists.at(-1) ?? [];
        const strange = list.find((itemId) => !itemIds.has(itemId));
        if (list.length === 0 || strange !== undefined) {
            return `user ${user} gets ${strange === undefined ? "nothing" : `item ${strange}, which the data does not have`}`;
        }
    }
    const distinct = new Set(lists.slice(0, -1).map((list) => list.join(" ")));
    return knownUsers.length > 1 && distinct.size === 1 ? "all known users get the same items" : undefined;
}

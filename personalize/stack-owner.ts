import { randomUUID } from "node:crypto";
import type { SSMClient } from "@aws-sdk/client-ssm";
import {
    type ClientOf,
    type CommonInputs,
    datasetGroup,
    type Handler,
    isOurs,
    isUnknown,
    listTags,
    notOurs,
    type Passed,
    type Problem,
    type Tags,
} from "pulumi-personalize/core";
import { about } from "pulumi-personalize/errors";
import type { PlannedStack } from "../cost/planned-stack.ts";
import { priceJump } from "../cost/price-jump.ts";
import { advice } from "./advice.ts";
import { recordedHandler } from "./operations/recorded-handler.ts";
import { moveStateFlags } from "./operations/state-flags.ts";

export interface StackOwnerInputs extends Pick<CommonInputs, "region" | "tags"> {
    /** Name of the stack's dataset group; undefined if config adopts one. */
    readonly datasetGroupName: string | undefined;
    /** Suffix of all names of the stack. */
    readonly nameSuffix: string;
    readonly bucketName: string;
    /**
     * Name of the trail's bucket. `check` keeps the first name, because a replaced bucket would lose its audit events.
     */
    readonly trailBucketName: string;
    /**
     * The planned stack, of which `check` estimates the price. It is recorded in the state, but a change of only this
     * input does not update the resource.
     */
    readonly priced: { readonly plan: PlannedStack; readonly limitIsSet: boolean };
}

const stackOf = ({ tags }: Partial<Pick<StackOwnerInputs, "tags">>): string => tags?.["pulumi:stack"] ?? "";

/**
 * Returns why the program refuses a renamed stack. Default names follow the stack's name, so the engine would replace
 * almost every resource, with a paid training. Empty if the configuration keeps the names.
 */
function renameProblems(olds: Partial<StackOwnerInputs>, news: StackOwnerInputs): Problem[] {
    const [before, now] = [stackOf(olds), stackOf(news)];
    if (before === "" || before === now) {
        return [];
    }
    const keys = (["nameSuffix", "bucketName"] as const).filter((key) => olds[key] !== news[key]);
    const commands = keys.map((key) => `pulumi config set --stack ${now} ${key} -- '${olds[key]}'`);
    return keys.length === 0
        ? []
        : [
              {
                  property: keys[0] as string,
                  reason:
                      `stack ${before} was renamed to ${now}, and default names follow the stack: almost every resource ` +
                      `would be replaced, with a paid training. Keep the names:\n  ${commands.join("\n  ")}`,
              },
          ];
}

/** Returns why a change needs config `monthlyLimitUsd`. Empty for a new stack, and for a change that needs no limit. */
function priceProblems({ priced: recorded }: Partial<StackOwnerInputs>, { priced }: StackOwnerInputs): Problem[] {
    const jump = recorded && !priced.limitIsSet ? priceJump(recorded.plan, priced.plan) : undefined;
    return jump === undefined ? [] : [{ property: "monthlyLimitUsd", reason: jump }];
}

/** Environment variable that allows a region change of a live stack. Only tests of interrupted changes set it. */
const allowRegionChange = "MOVIE_RECOMMENDER_ALLOW_REGION_CHANGE";

/**
 * Returns why the program refuses another region for a live stack: `up` would delete the stack's resources before it
 * creates new ones, and the stack could not serve until then. Empty for a stack without resources.
 */
function regionProblems({ region: recorded }: Partial<StackOwnerInputs>, { region }: StackOwnerInputs): Problem[] {
    if (recorded === undefined || recorded === region || process.env[allowRegionChange] !== undefined) {
        return [];
    }
    const reason =
        `aws:region is ${region}, and this stack's resources are in ${recorded}. A stack cannot change its region while ` +
        `it has resources. Set it back:\n  pulumi config set aws:region ${recorded}\nTo move, then run \`pulumi destroy\`, ` +
        "set the new region and run `pulumi up`; or create a second stack there with `pulumi stack init`";
    return [{ property: "region", reason }];
}

/**
 * Creates the lifecycle of a stack's random ID. `check` generates the ID once, so that the state contains it before any
 * resource is tagged with it. `check` also runs in a preview, before the program creates anything. It reports a problem
 * if another stack already uses this stack's names, or if the stack was renamed and its resources would therefore get
 * new names. An update after a rename moves the state flags to the new name.
 */
export function stackOwnerHandler(deps: {
    readonly client: ClientOf;
    ssm(region: string): SSMClient;
    assertEngineAlive(): Promise<void>;
}): Handler {
    async function checkDatasetGroup(inputs: StackOwnerInputs, owner: string): Promise<Problem[]> {
        const { datasetGroupName: name, region } = inputs;
        if (name === undefined || isUnknown(name)) {
            return [];
        }
        const client = deps.client(region);
        const what = `dataset group ${name}`;
        try {
            const arn = await datasetGroup.find(client, { ...inputs, name, pollSeconds: 0, deadlineMinutes: 0 });
            const has: Tags = arn === undefined ? {} : await listTags(client, arn);
            return arn === undefined || isOurs(has, owner)
                ? []
                : [
                      {
                          property: "datasetGroupName",
                          reason: `${what} ${notOurs(advice, has, { owner, tags: inputs.tags })}`,
                      },
                  ];
        } catch (error) {
            throw about(what, error);
        }
    }
    return {
        ...recordedHandler<StackOwnerInputs & { readonly ownerId: string }>({
            compared: [],
            idOf: ({ ownerId }) => ownerId,
        }),
        async check(olds: Passed<Partial<StackOwnerInputs>> | undefined, news: Passed<StackOwnerInputs>) {
            const recorded = olds ?? {};
            const ownerId = typeof recorded.ownerId === "string" ? recorded.ownerId : randomUUID();
            const changed = [regionProblems, renameProblems, priceProblems].flatMap((of) => of(recorded, news));
            const failures = changed.length > 0 ? changed : await checkDatasetGroup(news, ownerId);
            const previousStack = stackOf(recorded) === stackOf(news) ? "" : stackOf(recorded);
            const trailBucketName = recorded.trailBucketName ?? news.trailBucketName;
            return { inputs: { ...news, ownerId, previousStack, trailBucketName }, failures };
        },
        async diff(_id, olds: Passed<Partial<StackOwnerInputs>>, news: Passed<Partial<StackOwnerInputs>>) {
            const renamed = stackOf(olds) !== stackOf(news);
            const changes = renamed || recordedInputs.some((key) => olds[key] !== news[key]);
            return { changes, replaces: [], deleteBeforeReplace: false };
        },
        async update(_id, _olds, news: Passed<StackOwnerInputs & { readonly previousStack: string }>) {
            const { region, tags, previousStack } = news;
            if (previousStack !== "") {
                await deps.assertEngineAlive();
                await moveStateFlags(deps.ssm(region), previousStack, stackOf({ tags }));
            }
            return { outs: { ...news, previousStack: "" } };
        },
    };
}

const recordedInputs = ["region", "datasetGroupName", "nameSuffix", "bucketName"];

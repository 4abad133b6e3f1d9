import { readFile } from "node:fs/promises";
import { CloudWatch, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { Lambda } from "@aws-sdk/client-lambda";
import { Personalize, paginateListFilters } from "@aws-sdk/client-personalize";
import { PersonalizeRuntime } from "@aws-sdk/client-personalize-runtime";
import { prices, trainingUsd } from "../../../core/config/prices.ts";
import { until } from "../../support/until.ts";

/**
 * Observes a running stack as a viewer and as an operator: API and its throttle, storefront, cost guard, alarms,
 * filters, the share of watched items in lists, training hours, and refused recipes. Prints the observations as a JSON
 * array. Arguments: the stack's name, its outputs as JSON, and the path of its interactions.
 */

/** An observation of a running stack, without names and ids that differ between accounts. */
export interface Observation {
    readonly name: string;
    readonly value: string;
}

interface Outputs {
    readonly apiUrl: string;
    readonly storefrontUrl: string;
    readonly costGuardName: string;
    readonly campaignArn: string;
    readonly solutionVersionArn: string;
    readonly datasetGroupArn: string;
}

/** Number of viewers whose lists are compared with their histories, and number of items in a list. */
const [viewers, listLength] = [10, 25];

const [stack = "", outputsJson = "{}", interactionsFile = ""] = process.argv.slice(2);
const outputs = JSON.parse(outputsJson) as Outputs;
const personalize = new Personalize({});

const observations = await Promise.all([api(), page(), guard(), alarms(), filters(), trainingHours()]);
await tryLegacyRecipes();
console.log(JSON.stringify([...observations.flat(), await throttle()]));

/** Observes the status and the source of the API's responses. */
async function api(): Promise<Observation[]> {
    const event = { userId: "1", sessionId: "drill", events: [{ eventType: "Watch", itemId: "1" }] };
    const calls: readonly (readonly [path: string, body?: object])[] = [
        ["/health"],
        ["/recommendations/1"],
        ["/recommendations/nobody"],
        ["/similar/1"],
        ["/popular"],
        ["/trending"],
        ["/items/1"],
        ["/events", event],
        ["/events", {}],
        ["/no-such-path"],
        ["/recommendations/1", {}],
    ];
    const readings: Observation[] = [];
    for (const [path, body] of calls) {
        const answer = await send(path, body);
        const { source } = (await answer.json().catch(() => ({}))) as { source?: string };
        const verb = body ? `POST ${path} ${body === event ? "an event" : "{}"}` : `GET ${path}`;
        readings.push({ name: verb, value: [answer.status, source].filter(Boolean).join(" ") });
    }
    return readings;
}

function send(path: string, body?: object): Promise<Response> {
    const headers = { "content-type": "application/json" };
    return fetch(`${outputs.apiUrl}${path}`, body && { method: "POST", body: JSON.stringify(body), headers });
}

/**
 * Observes whether `POST /events` has a throttle of its own. The number of requests is above the drill's `eventsBurst`,
 * and below the burst of paths without a throttle of their own.
 */
async function throttle(): Promise<Observation> {
    const answers = await Promise.all(Array.from({ length: 30 }, () => send("/events", {})));
    return { name: "throttle of POST /events", value: answers.some(({ status }) => status === 429) ? "429" : "no 429" };
}

/** Observes whether the training took as long as preview's price predicts. The local AWS trains within seconds. */
async function trainingHours(): Promise<Observation[]> {
    if (process.env.AWS_ENDPOINT_URL !== undefined) return [];
    const { solutionVersionArn } = outputs;
    const { solutionVersion } = await personalize.describeSolutionVersion({ solutionVersionArn });
    const hours = solutionVersion?.trainingHours ?? 0;
    const interactions = (await readFile(interactionsFile, "utf8")).trim().split("\n").length - 1;
    const { low, high } = trainingUsd("aws-user-personalization", { interactions });
    const [from, to] = [low / prices.trainingHour.usd, high / prices.trainingHour.usd];
    const isPredicted = hours >= from && hours <= to;
    return [{ name: "training hours", value: isPredicted ? "as predicted" : `${hours} instead of ${from} to ${to}` }];
}

/** Calls CreateSolution with recipes that AWS refuses. The recorder records the answers. Deletes a created solution. */
async function tryLegacyRecipes(): Promise<void> {
    const { datasetGroupArn } = outputs;
    const [, partition] = datasetGroupArn.split(":");
    for (const legacy of [{ recipeArn: `arn:${partition}:personalize:::recipe/aws-hrnn` }, { performAutoML: true }]) {
        const name = `${stack}-legacy`;
        const { solutionArn } = await personalize
            .createSolution({ name, datasetGroupArn, performAutoTraining: false, ...legacy })
            .catch(() => ({ solutionArn: undefined }));
        if (solutionArn === undefined) continue;
        const isGone = () => personalize.deleteSolution({ solutionArn }).catch(({ name }) => name);
        await until(`deletion of solution ${name}`, async () => (await isGone()) === "ResourceNotFoundException", 900);
    }
}

async function page(): Promise<Observation[]> {
    const answer = await fetch(outputs.storefrontUrl);
    const text = await answer.text();
    return [{ name: "page", value: `${answer.status} ${answer.headers.get("content-type")}, ${/<title>/.test(text)}` }];
}

/** Observes whether the guard's function succeeds with its own role. */
async function guard(): Promise<Observation[]> {
    const { FunctionError, Payload } = await new Lambda({}).invoke({
        FunctionName: outputs.costGuardName,
        Payload: Buffer.from("{}"),
    });
    const error = FunctionError === undefined ? undefined : Buffer.from(Payload ?? []).toString();
    return [{ name: "cost guard", value: error ?? "ran without an error" }];
}

/** Observes the state of each alarm: usually OK, or INSUFFICIENT_DATA on a new stack. */
async function alarms(): Promise<Observation[]> {
    const readings: Observation[] = [];
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client: new CloudWatch({}) }, {})) {
        for (const { AlarmName = "", StateValue = "" } of MetricAlarms.filter((alarm) =>
            alarm.AlarmName?.includes(stack),
        )) {
            readings.push({ name: `alarm ${AlarmName.replace(stack, "…")}`, value: StateValue });
        }
    }
    return readings.sort((one, other) => one.name.localeCompare(other.name));
}

/**
 * Observes the state of each filter, and the number of watched items in lists without a filter and with each filter.
 */
async function filters(): Promise<Observation[]> {
    const { datasetGroupArn } = outputs;
    const arns: string[] = [];
    for await (const { Filters = [] } of paginateListFilters({ client: personalize }, { datasetGroupArn })) {
        arns.push(...Filters.map(({ filterArn = "" }) => filterArn));
    }
    const readings = [{ name: "watched items without a filter", value: await watchedShare() }];
    for (const filterArn of arns) {
        const { filter } = await personalize.describeFilter({ filterArn });
        const name = `filter ${String(filter?.name).replace(stack, "…")}`;
        readings.push({ name, value: `${filter?.status} ${filter?.failureReason ?? ""}`.trim() });
        readings.push({ name: `watched items with ${name}`, value: await watchedShare(filterArn) });
    }
    return readings;
}

async function watchedShare(filterArn?: string): Promise<string> {
    const runtime = new PersonalizeRuntime({});
    const watched = new Set(
        (await readFile(interactionsFile, "utf8"))
            .split("\n")
            .map((line) => line.replaceAll('"', "").split(",", 2).join()),
    );
    let [count, total] = [0, 0];
    for (let viewer = 1; viewer <= viewers; viewer++) {
        const userId = String(viewer);
        const { campaignArn } = outputs;
        const { itemList = [] } = await runtime.getRecommendations({
            campaignArn,
            userId,
            numResults: listLength,
            filterArn,
        });
        count += itemList.filter(({ itemId }) => watched.has(`${userId},${itemId}`)).length;
        total += itemList.length;
    }
    return `${count} of ${total}`;
}

import assert from "node:assert/strict";
import { DataUnavailableException, type GetCostAndUsageCommandInput } from "@aws-sdk/client-cost-explorer";
import { readBill } from "../../../runbooks/lib/cost/billed.ts";

const day = Date.parse("2026-11-24T00:00:00Z");
const period = { start: day, end: day + 86_400_000 };
const scope = { services: ["Amazon Personalize"], region: "eu-central-1", stackTag: "dev" };
const page = (service: string, Amount: string, NextPageToken?: string) => ({
    ResultsByTime: [
        {
            TimePeriod: { Start: "2026-11-24", End: "2026-11-25" },
            Groups: [{ Keys: [service], Metrics: { UnblendedCost: { Amount, Unit: "USD" } } }],
        },
    ],
    ...(NextPageToken && { NextPageToken }),
});

describe("`readBill`, the bill from Cost Explorer", () => {
    let answers: (object | Error)[];
    let inputs: GetCostAndUsageCommandInput[];
    const send = async ({ input }: { input: GetCostAndUsageCommandInput }) => {
        inputs.push(input);
        const answer = answers.shift() ?? {};
        if (answer instanceof Error) throw answer;
        return answer;
    };
    const client = { send } as unknown as Parameters<typeof readBill>[0];
    beforeEach(() => {
        inputs = [];
    });

    it("`readBill` reads all pages of the bill, and counts each page as a call", async () => {
        answers = [page("A", "4.8", "next"), page("B", "0.24")];
        const { lines, calls } = await readBill(client, period, scope);
        assert.deepEqual(lines, [
            { day, service: "A", usd: 4.8 },
            { day, service: "B", usd: 0.24 },
        ]);
        assert.deepEqual(
            [inputs[0]?.TimePeriod, inputs[1]?.NextPageToken],
            [{ Start: "2026-11-24", End: "2026-11-25" }, "next"],
        );
        assert.equal(calls, 2);
    });

    it("`readBill` filters the bill by region, services and, if given, the stack's tag", async () => {
        answers = [{}, {}];
        await readBill(client, period, scope);
        await readBill(client, period, { ...scope, stackTag: undefined });
        assert.deepEqual(inputs[0]?.Filter?.And?.slice(1), [
            { Dimensions: { Key: "REGION", Values: ["eu-central-1"] } },
            { Tags: { Key: "pulumi:stack", Values: ["dev"] } },
        ]);
        assert.equal(inputs[1]?.Filter?.And?.length, 2);
    });

    const denied = (message: string) => Object.assign(new Error(message), { name: "AccessDeniedException" });
    const refusals: [string, Error, RegExp][] = [
        [
            "Cost Explorer is not enabled",
            denied("User not enabled for cost explorer access"),
            /not enabled in this account.*Enable it once.*console\.aws\.amazon\.com\/costmanagement.*24 hours/,
        ],
        [
            "the caller lacks permission",
            denied("User: ann is not authorized to perform: ce:GetCostAndUsage"),
            /needs ce:GetCostAndUsage on \*/,
        ],
        [
            "Cost Explorer has no data",
            new DataUnavailableException({ message: "no data", $metadata: {} }),
            /up to 24 hours.*EstimatedMonthToDateUsd/,
        ],
    ];
    for (const [what, refusal, words] of refusals) {
        it(`if ${what}, \`readBill\` throws an error that contains the next step`, async () => {
            answers = [refusal];
            await assert.rejects(readBill(client, period, scope), words);
        });
    }
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { CostExplorerClient } from "@aws-sdk/client-cost-explorer";
import { portOf } from "../../../packages/local-personalize/wire/http.ts";
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
    let server: Server;
    let client: CostExplorerClient;
    let answers: object[];
    // biome-ignore lint/suspicious/noExplicitAny: each test reads different members of the JSON document
    let requests: any[];

    before(async () => {
        server = createServer(async (request, response) => {
            let text = "";
            for await (const chunk of request) text += chunk;
            requests.push(JSON.parse(text));
            const answer = answers.shift() ?? {};
            response.writeHead("__type" in answer ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
            response.end(JSON.stringify(answer));
        });
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        client = new CostExplorerClient({
            endpoint: `http://127.0.0.1:${portOf(server)}`,
            region: "us-east-1",
            credentials: { accessKeyId: "test", secretAccessKey: "test" },
        });
    });
    after(() => {
        client.destroy();
        server.close();
    });
    beforeEach(() => {
        requests = [];
    });

    it("`readBill` reads all pages of the bill, and counts each page as a call", async () => {
        answers = [page("A", "4.8", "next"), page("B", "0.24")];
        const { lines, calls } = await readBill(client, period, scope);
        assert.deepEqual(lines, [
            { day, service: "A", usd: 4.8 },
            { day, service: "B", usd: 0.24 },
        ]);
        assert.deepEqual(
            [requests[0].TimePeriod, requests[1].NextPageToken],
            [{ Start: "2026-11-24", End: "2026-11-25" }, "next"],
        );
        assert.equal(calls, 2);
    });

    it("`readBill` filters the bill by region, services and, if given, the stack's tag", async () => {
        answers = [{}, {}];
        await readBill(client, period, scope);
        await readBill(client, period, { ...scope, stackTag: undefined });
        assert.deepEqual(requests[0].Filter.And.slice(1), [
            { Dimensions: { Key: "REGION", Values: ["eu-central-1"] } },
            { Tags: { Key: "pulumi:stack", Values: ["dev"] } },
        ]);
        assert.equal(requests[1].Filter.And.length, 2);
    });

    const refusals: [string, string, string, RegExp][] = [
        [
            "Cost Explorer is not enabled",
            "AccessDeniedException",
            "User not enabled for cost explorer access",
            /not enabled in this account.*Enable it once.*console\.aws\.amazon\.com\/costmanagement.*24 hours/,
        ],
        [
            "the caller lacks permission",
            "AccessDeniedException",
            "User: ann is not authorized to perform: ce:GetCostAndUsage",
            /needs ce:GetCostAndUsage on \*/,
        ],
        ["Cost Explorer has no data", "DataUnavailableException", "no data", /up to 24 hours.*EstimatedMonthToDateUsd/],
    ];
    for (const [what, __type, message, words] of refusals) {
        it(`if ${what}, \`readBill\` throws an error that contains the next step`, async () => {
            answers = [{ __type, message }];
            await assert.rejects(readBill(client, period, scope), words);
        });
    }
});

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../../../test/support/temporary-folder.ts";
import { requireServiceModelDir } from "../botocore.ts";
import { findOperation } from "../wire/http.ts";
import { loadServiceModels } from "../wire/validate.ts";
import { arn, createBucket, interactionsSchema, serviceModels, serviceOf, startService } from "./support.ts";

describe("HTTP protocol of the local Personalize", () => {
    const service = serviceOf(() => startService({ access: createBucket().access }));

    const post = async (path: string, body: object, target?: string) => {
        const headers: Record<string, string> = target ? { "x-amz-target": `AmazonPersonalize.${target}` } : {};
        const response = await fetch(service.endpoint + path, { method: "POST", headers, body: JSON.stringify(body) });
        const text = await response.text();
        return {
            status: response.status,
            headers: response.headers,
            text,
            json: text === "" ? undefined : JSON.parse(text),
        };
    };
    const control = (target: string, body: object) => post("/", body, target);

    it("`findOperation` derives the service and operation from X-Amz-Target or from the path", () => {
        assert.deepEqual(findOperation("POST", "/", "AmazonPersonalize.CreateSchema"), {
            service: "personalize",
            operation: "CreateSchema",
        });
        assert.equal(findOperation("POST", "/recommendations", undefined)?.operation, "GetRecommendations");
        assert.equal(findOperation("POST", "/events", undefined)?.service, "personalize-events");
        assert.equal(findOperation("GET", "/events", undefined), undefined);
        assert.equal(findOperation("POST", "/", "AmazonSSM.GetParameter"), undefined);
    });

    it("responses have the service's content type and a request ID", async () => {
        const created = await control("CreateSchema", { name: "typed", schema: interactionsSchema, newerMember: true });
        assert.deepEqual(created.json, { schemaArn: arn("schema/typed") });
        assert.equal(created.headers.get("content-type"), "application/x-amz-json-1.1");
        assert.match(created.headers.get("x-amzn-requestid") ?? "", /^[0-9a-f-]{36}$/);
        const deleted = await control("DeleteSchema", { schemaArn: arn("schema/typed") });
        assert.deepEqual([deleted.status, deleted.text], [200, ""]);
    });

    it("errors of the REST services have the documented HTTP status and the header x-amzn-errortype", async () => {
        const answer = await post("/recommendations", { campaignArn: arn("campaign/none"), userId: "1" });
        assert.equal(answer.status, 404);
        assert.equal(answer.headers.get("content-type"), "application/json");
        assert.equal(answer.headers.get("x-amzn-errortype"), "ResourceNotFoundException");
    });

    const tags = ["a", "b*"].map((tagKey) => ({ tagKey, tagValue: "1" }));
    const tooLong = "f".repeat(64);
    const recommenderArn = arn("recommender/r");
    const weights = (...list: number[]) => ({
        eventsConfig: { eventParametersList: list.map((weight) => ({ eventType: "a", weight })) },
    });
    const weightOf = (n: number) => `solutionConfig.eventsConfig.eventParametersList.${n}.member.weight`;
    const missing = (name: string) => `null at '${name}' failed to satisfy constraint: Member must not be null`;
    const invalid: [operation: string, input: object, ...errors: string[]][] = [
        ["CreateSchema", { schema: "{}" }, missing("name")],
        ["StartRecommender", {}, missing("recommenderArn")],
        [
            "CreateDatasetGroup",
            { name: "-films" },
            "'-films' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9][a-zA-Z0-9\\-_]*",
        ],
        [
            "CreateDatasetGroup",
            { name: tooLong, domain: "FILMS" },
            `'${tooLong}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 63`,
            "'FILMS' at 'domain' failed to satisfy constraint: Member must satisfy enum value set: [ECOMMERCE, VIDEO_ON_DEMAND]",
        ],
        [
            "ListSchemas",
            { maxResults: 101 },
            "'101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100",
        ],
        [
            "CreateSolution",
            { name: "s", datasetGroupArn: arn("dataset-group/a"), solutionConfig: weights(-0.1, 1.1) },
            `'-0.1' at '${weightOf(1)}' failed to satisfy constraint: Member must have value greater than or equal to 0`,
            `'1.1' at '${weightOf(2)}' failed to satisfy constraint: Member must have value less than or equal to 1`,
        ],
        [
            "CreateDatasetGroup",
            { name: "films", tags },
            "at 'tags.2.member.tagKey' failed to satisfy constraint: Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$",
        ],
    ];
    const detected = ({ length }: string[]) => `${length} validation error${length === 1 ? "" : "s"} detected: `;
    const failures: [operation: string, input: object, code: string, message: string][] = [
        ...invalid.map(([operation, input, ...errors]): (typeof failures)[number] => [
            operation,
            input,
            "ValidationException",
            detected(errors) + errors.map((error) => `Value ${error}`).join("; "),
        ]),
        [
            "CreateSchema",
            { name: 7, schema: "{}" },
            "SerializationException",
            "'name' must be of type string, and is number",
        ],
        ["ListSchemas", { nextToken: "abc" }, "InvalidNextTokenException", "The token is not valid for this call."],
        ["CreateFish", {}, "UnknownOperationException", "There is no operation CreateFish of personalize."],
        [
            "StartRecommender",
            { recommenderArn },
            "ResourceNotFoundException",
            `The given recommender does not exist: ${recommenderArn}`,
        ],
    ];
    for (const [operation, input, code, message] of failures) {
        it(`${operation} rejects ${JSON.stringify(input).slice(0, 50)} with ${code}`, async () => {
            const { status, json } = await control(operation, input);
            assert.deepEqual([status, json], [400, { __type: code, message }]);
        });
    }

    it("PutEvents accepts at most 10 events", async () => {
        const eventList = Array.from({ length: 11 }, () => ({ eventType: "Watch", sentAt: 1 }));
        const { json } = await post("/events", { trackingId: "t", sessionId: "s", eventList });
        assert.match(json.message, /at 'eventList' .* less than or equal to 10/);
    });

    it("every pattern of the service models is a valid regular expression", () => {
        for (const { shapes } of Object.values(loadServiceModels(serviceModels()))) {
            for (const { pattern } of Object.values(shapes)) if (pattern) new RegExp(`^(?:${pattern})$`, "u");
        }
    });

    it("`requireServiceModelDir` returns the folder of botocore's service models, or its error contains the pip install command", async () => {
        const venv = temporaryFolder();
        const python = join(venv, "bin", "python");
        assert.throws(() => requireServiceModelDir(python), /-m pip install botocore/);
        const data = join(venv, "lib", "python3.12", "site-packages", "botocore", "data");
        for (const name of ["personalize", "personalize-runtime", "personalize-events"]) {
            await mkdir(join(data, name, "2018-05-22"), { recursive: true });
            await writeFile(join(data, name, "2018-05-22", "service-2.json"), '{"operations":{"A":{}},"shapes":{}}');
        }
        assert.equal(requireServiceModelDir(python), data);
        assert.deepEqual(loadServiceModels(data)["personalize-events"].operations, { A: {} });
        assert.throws(() => loadServiceModels(venv), /No service model of personalize in/);
    });
});

import assert from "node:assert/strict";
import { foreignStatements } from "../../../app/functions/cost-guard/foreign-statements.ts";
import { topicPolicy } from "../../../iam/notifications-access.ts";
import { simulateStack } from "../../support/guard-simulation.ts";

const account = "123456789012";
const arn = `arn:aws:lambda:eu-central-1:${account}:function:movie-recommender-api`;
const policy = (statement: object) => [
    { arn, text: JSON.stringify({ Statement: [{ Sid: "planted", ...statement }] }) },
];
const source = (owner: string) => `arn:aws:execute-api:eu-central-1:${owner}:abc/*/*`;
const gateway = { Service: "apigateway.amazonaws.com" };

/** Statements as Lambda's AddPermission writes them (Lambda Developer Guide, "Resource-based policies"). */
const statements: Record<string, { readonly statement: object; readonly isOurs: boolean }> = {
    "the API of this account": {
        isOurs: true,
        statement: {
            Effect: "Allow",
            Principal: gateway,
            Condition: { ArnLike: { "AWS:SourceArn": source(account) } },
        },
    },
    "a denial": { isOurs: true, statement: { Effect: "Deny", Principal: "*" } },
    "an API of another account": {
        isOurs: false,
        statement: {
            Effect: "Allow",
            Principal: gateway,
            Condition: { ArnLike: { "AWS:SourceArn": source("999999999999") } },
        },
    },
    "an API of any account": {
        isOurs: false,
        statement: { Effect: "Allow", Principal: gateway, Condition: { ArnLike: { "AWS:SourceArn": source("*") } } },
    },
    "a service without a source": { isOurs: false, statement: { Effect: "Allow", Principal: gateway } },
    "a service that need not send a source": {
        isOurs: false,
        statement: {
            Effect: "Allow",
            Principal: gateway,
            Condition: { StringEqualsIfExists: { "aws:SourceAccount": account } },
        },
    },
    "two accounts of which one is this one": {
        isOurs: false,
        statement: {
            Effect: "Allow",
            Principal: gateway,
            Condition: { StringEquals: { "aws:SourceAccount": [account, "999999999999"] } },
        },
    },
    everybody: { isOurs: false, statement: { Effect: "Allow", Principal: "*" } },
    "a role of this account": {
        isOurs: false,
        statement: { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:role/other` } },
    },
    "another account": { isOurs: false, statement: { Effect: "Allow", Principal: { AWS: "999999999999" } } },
};

describe("`foreignStatements` in resource-based policies", () => {
    for (const [what, { statement, isOurs }] of Object.entries(statements)) {
        it(`\`foreignStatements\` ${isOurs ? "does not report" : "reports"} a statement that allows ${what}`, () => {
            assert.deepEqual(foreignStatements(policy(statement)), isOurs ? [] : ["movie-recommender-api: planted"]);
        });
    }

    it("`foreignStatements` reports an unreadable policy, but not the topic policy that the program wrote", () => {
        const scope = {
            partition: "aws",
            region: "eu-central-1",
            accountId: account,
            names: { notifications: "notices", alarmPrefix: "alarm", budget: "budget" },
        };
        const topic = `arn:aws:sns:eu-central-1:${account}:notices`;
        assert.deepEqual(foreignStatements([{ arn: topic, text: JSON.stringify(topicPolicy(scope)) }]), []);
        assert.deepEqual(foreignStatements([{ arn: topic, text: "{" }]), ["notices: statement 1"]);
        assert.deepEqual(foreignStatements([{ arn, text: undefined }]), []);
    });

    it("the cost guard sends one notification for each policy statement that another program added", async () => {
        const simulation = simulateStack("2026-11-02T00:00:00Z");
        simulation.foreignStatements = ["movie-recommender-api: planted"];
        await simulation.hours(3);
        assert.deepEqual(simulation.kinds(), ["policy-foreign"]);
        assert.match(simulation.arrived[0]?.text ?? "", /movie-recommender-api: planted.*aws lambda remove-permission/);
        simulation.foreignStatements = ["movie-recommender-api: second"];
        await simulation.hours(3);
        assert.deepEqual(simulation.kinds(), ["policy-foreign", "policy-foreign"]);
    });
});

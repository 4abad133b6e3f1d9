import { CreateTableCommand, DynamoDB } from "@aws-sdk/client-dynamodb";
import { startHarness } from "../../../packages/local-aws/test/gateway/harness.ts";

/** Starts a local AWS with film data, and creates a DynamoDB table with the given name. */
export async function startFilmsTable(TableName: string) {
    const harness = await startHarness();
    const dynamo = new DynamoDB(harness.settings);
    await dynamo.send(
        new CreateTableCommand({
            TableName,
            BillingMode: "PAY_PER_REQUEST",
            KeySchema: [
                { AttributeName: "pk", KeyType: "HASH" },
                { AttributeName: "sk", KeyType: "RANGE" },
            ],
            AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
        }),
    );
    return { harness, dynamo };
}

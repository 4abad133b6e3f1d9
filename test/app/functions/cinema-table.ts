import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { startCinema } from "../../../packages/local-aws/test/gateway/cinema.ts";

/** Starts a local AWS with film data and a DynamoDB table of this name. */
export async function startCinemaTable(TableName: string) {
    const cinema = await startCinema();
    const dynamo = new DynamoDBClient(cinema.settings);
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
    return { cinema, dynamo };
}

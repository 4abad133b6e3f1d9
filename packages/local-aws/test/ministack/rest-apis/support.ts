import type { APIGateway } from "@aws-sdk/client-api-gateway";
import { zipSync } from "fflate";
import { region } from "../../../../../test/support/local-aws.ts";
import { account, allow, type Enforcing } from "../../gateway/enforcement/support.ts";

export const functionName = "answers";
const functionArn = `arn:aws:lambda:${region}:${account}:function:${functionName}`;

/**
 * Code of a Lambda function that returns its event, and logs the value of the `x-log` header.
 */
const code = `export const handler = async (event) => {
    process.stdout.write("called\\n");
    const line = event.headers["x-log"];
    if (line) console.log(line);
    return { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(event) };
};`;

const integration = {
    type: "aws_proxy",
    httpMethod: "POST",
    uri: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
};

/** Returns a method with the function as integration and the additional members `more`. */
export const answered = (more: object = {}) => ({
    responses: { "200": { description: "The call" } },
    "x-amazon-apigateway-integration": integration,
    ...more,
});

export const createDocument = (paths: object, more: object = {}) => ({
    openapi: "3.0.1",
    info: { title: "Films", version: "1.0.0", description: "Films for a viewer" },
    paths,
    ...more,
});

/** Creates a function from the text of its ES module. Its role `<name>-role` allows writing logs. */
export async function createFunction({ admin, role }: Enforcing, FunctionName: string, module: string): Promise<void> {
    const logs = allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]);
    await admin.lambda.createFunction({
        FunctionName,
        Runtime: "nodejs24.x" as "nodejs22.x",
        Handler: "index.handler",
        Role: await role(`${FunctionName}-role`, { Service: "lambda.amazonaws.com" }, logs),
        Code: { ZipFile: zipSync({ "index.mjs": Buffer.from(module) }) },
    });
}

/** Creates the function. With `invokes`, every API can call it. */
export async function makeFunction(aws: Enforcing, invokes = true): Promise<void> {
    await createFunction(aws, functionName, code);
    if (invokes) {
        await allowApi(aws, "*");
    }
}

export async function allowApi({ admin }: Enforcing, apiId: string, more: object = {}): Promise<void> {
    await admin.lambda.addPermission({
        FunctionName: functionName,
        StatementId: `api-${apiId.replace("*", "any")}`,
        Action: "lambda:InvokeFunction",
        Principal: "apigateway.amazonaws.com",
        SourceArn: `arn:aws:execute-api:${region}:${account}:${apiId}/*`,
        ...more,
    });
}

/** Creates an API from a document, and returns the API's ID. Fails if API Gateway rejects the document. */
export async function importDocument(client: APIGateway, document: unknown): Promise<string> {
    const { id: restApiId = "" } = await client.createRestApi({ name: "Films" });
    await client.putRestApi({ restApiId, mode: "overwrite", body: Buffer.from(JSON.stringify(document)) });
    return restApiId;
}

/** Deploys an API to stage `api`, creating the stage if needed. Returns the stage's URL. */
export async function deploy(aws: Enforcing, client: APIGateway, restApiId: string): Promise<string> {
    const { id: deploymentId } = await client.createDeployment({ restApiId });
    await client.createStage({ restApiId, stageName: "api", deploymentId });
    return `${aws.url}/_aws/execute-api/${restApiId}/api`;
}

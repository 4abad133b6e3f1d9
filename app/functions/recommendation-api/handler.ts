import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PersonalizeClient } from "@aws-sdk/client-personalize";
import { PersonalizeEventsClient } from "@aws-sdk/client-personalize-events";
import { PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import { S3Client } from "@aws-sdk/client-s3";
import { openDescription } from "../../serving/description.ts";
import type { GatewayEvent, GatewayResult } from "../../serving/gateway-event.ts";
import { limits } from "../../serving/limits.ts";
import { pageFiles } from "../../serving/page-files.ts";
import { type ApiConfig, createService } from "../../serving/service.ts";
import { rememberTokens } from "../../serving/viewer-auth.ts";
import { campaignPort, trackerPort } from "./campaign.ts";
import { storedTables, tablePort } from "./table.ts";
import { tokenVerifier } from "./verify-token.ts";

/**
 * Settings of the AWS clients. No retries, because a viewer who waits is served better by the next source. Connections
 * stay open, because a new one takes longer than most calls.
 */
const settings = {
    maxAttempts: 1,
    requestHandler: {
        connectionTimeout: limits.events,
        requestTimeout: limits.background,
        httpsAgent: { keepAlive: true, maxSockets: 50 },
    },
};

const beside = (name: string) => join(import.meta.dirname, name);
const read = (name: string) => readFileSync(beside(name), "utf8");
const config = JSON.parse(process.env.API_CONFIG ?? "{}") as ApiConfig;
const clients = {
    personalize: new PersonalizeClient(settings),
    runtime: new PersonalizeRuntimeClient(settings),
};

const service = createService({
    config,
    openApi: openDescription(read("openapi.json")),
    listRules: JSON.parse(read("list-rules.json")),
    storedTables: storedTables(new S3Client(settings), config.bucketName),
    pages: existsSync(beside("storefront")) ? pageFiles(beside("storefront"), config.imageOrigins) : new Map(),
    campaign: campaignPort(clients, config),
    putEvents: trackerPort(new PersonalizeEventsClient(settings), config.trackingId),
    ...(config.viewerAuth && { verifyToken: rememberTokens(tokenVerifier(config.viewerAuth), Date.now) }),
    table: tablePort(new DynamoDBClient(settings), config.tableName),
    clock: Date.now,
    log: (line) => console.log(JSON.stringify(line)),
});

await service.start();

/** Answers a request from API Gateway. */
export const handler = (event: GatewayEvent): Promise<GatewayResult> => service.handle(event);

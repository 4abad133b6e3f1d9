#!/usr/bin/env node
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { info } from "@pulumi/pulumi/log/index.js";
// Import this file only, because the SDK's index also loads the Automation API, TypeScript and npm.
import { main } from "@pulumi/pulumi/provider/server.js";
import { resetOptions } from "@pulumi/pulumi/runtime/settings.js";
import { advice } from "./advice.ts";
import { engineAddress } from "./engine.ts";
import { createPlugin } from "./plugin.ts";
import { processHandlers } from "./process-handlers.ts";

/**
 * The plugin `pulumi-resource-personalize`. The engine passes its own address as an argument, and the stack's
 * `personalize:` configuration in PULUMI_CONFIG.
 */

const args = process.argv.slice(2);
const file = (name: string) => join(import.meta.dirname, name);
const { version } = JSON.parse(readFileSync(file("package.json"), "utf8"));
const { region } = JSON.parse(process.env.PULUMI_CONFIG ?? "{}");
// The build writes schema.json. Without a build, `pulumi package get-schema` returns an empty schema.
const schema = existsSync(file("schema.json")) ? readFileSync(file("schema.json"), "utf8") : "{}";
const engine = engineAddress(args);
// The SDK needs the engine's address to send it a provider's log messages.
if (engine !== undefined) resetOptions("", "", -1, engine, "", false, "");
const say = (message: string) => void info(message);
await main(createPlugin({ version, schema, region }, processHandlers(advice, undefined, say)), args);

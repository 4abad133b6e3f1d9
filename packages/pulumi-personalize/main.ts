#!/usr/bin/env node
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { info } from "@pulumi/pulumi/log/index.js";
// The SDK's index also loads the Automation API, TypeScript and npm.
import { main } from "@pulumi/pulumi/provider/server.js";
import { resetOptions } from "@pulumi/pulumi/runtime/settings.js";
import { advice } from "./advice.ts";
import { createPlugin } from "./plugin.ts";
import { processHandlers } from "./process-handlers.ts";

/** The plugin `pulumi-resource-personalize`. The engine passes its address, and the stack's keys of `personalize:`. */

const args = process.argv.slice(2);
const file = (name: string) => join(import.meta.dirname, name);
const { version } = JSON.parse(readFileSync(file("package.json"), "utf8"));
const { region } = JSON.parse(process.env.PULUMI_CONFIG ?? "{}");
// The build writes the schema; the sources alone serve no `pulumi package get-schema`.
const schema = existsSync(file("schema.json")) ? readFileSync(file("schema.json"), "utf8") : "{}";
const engine = args.find((argument) => /^127\.0\.0\.1:\d+$/.test(argument));
// The SDK sends log messages of a provider to the engine only with the engine's address.
if (engine !== undefined) resetOptions("", "", -1, engine, "", false, "");
const say = (message: string) => void info(message);
await main(createPlugin({ version, schema, region }, processHandlers(advice, undefined, say)), args);

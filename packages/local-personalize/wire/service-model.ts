import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { ServiceName } from "../contract.ts";

/** The part of a shape of AWS's service model that requests need. */
export interface Shape {
    type: "structure" | "list" | "map" | "string" | "integer" | "long" | "double" | "float" | "boolean" | "timestamp";
    required?: string[];
    members?: Record<string, { shape: string }>;
    member?: { shape: string };
    key?: { shape: string };
    value?: { shape: string };
    min?: number;
    max?: number;
    pattern?: string;
    enum?: string[];
    sensitive?: boolean;
}

/** One service in AWS's description: its operations with their input shapes. */
export interface ServiceModel {
    operations: Record<string, { input?: { shape: string } }>;
    shapes: Record<string, Shape>;
}

/** Reads the three Personalize models from botocore's data folder, plain or gzipped. Throws when one is missing. */
export function loadServiceModels(dataDir: string): Record<ServiceName, ServiceModel> {
    return {
        personalize: loadServiceModel(dataDir, "personalize"),
        "personalize-runtime": loadServiceModel(dataDir, "personalize-runtime"),
        "personalize-events": loadServiceModel(dataDir, "personalize-events"),
    };
}

function loadServiceModel(dataDir: string, service: ServiceName): ServiceModel {
    const folder = join(dataDir, service);
    const version = existsSync(folder) ? readdirSync(folder).sort().at(-1) : undefined;
    const file = join(folder, version ?? "", "service-2.json");
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
    if (existsSync(`${file}.gz`)) return JSON.parse(gunzipSync(readFileSync(`${file}.gz`)).toString("utf8"));
    throw new Error(`No service model of ${service} in ${dataDir}. Install it: pip install botocore`);
}

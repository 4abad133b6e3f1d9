import { listOf, type PolicyDocument, type Principals, personalizeService, type Statement } from "policy-evaluator";
import { distance } from "../condition-keys.ts";

/** The unique id that AWS shows in a policy for a deleted role or user. */
const deletedPrincipal = /^A(ROA|IDA)[A-Z0-9]{10,}$/;

export interface Storable {
    readonly document: PolicyDocument;
    /** Principals that were left out. AWS refuses a document that names one of them. */
    readonly leftOut: readonly string[];
}

/**
 * A document that AWS stores: without ids of deleted principals and without misspelt names of Personalize's service.
 * Neither can ever match a caller. `current` is the id of the role that exists: it becomes its ARN.
 */
export function storable(document: PolicyDocument, current: { id: string; arn: string } | undefined): Storable {
    const leftOut: string[] = [];
    const keepArn = (name: string): string[] => {
        if (name === current?.id) return [current.arn];
        if (!deletedPrincipal.test(name)) return [name];
        leftOut.push(name);
        return [];
    };
    const keepService = (name: string): string[] => {
        if (name === personalizeService || distance(name, personalizeService) > 3) return [name];
        leftOut.push(name);
        return [];
    };
    const statements = listOf(document.Statement).flatMap((statement): Statement[] => {
        const { Principal } = statement;
        if (Principal === undefined || Principal === "*") return [statement];
        const aws = listOf(Principal.AWS).flatMap(keepArn);
        const services = listOf(Principal.Service).flatMap(keepService);
        const same =
            aws.join() === listOf(Principal.AWS).join() && services.length === listOf(Principal.Service).length;
        if (same) return [statement];
        const { AWS: _aws, Service: _service, ...others } = Principal;
        const kept: Principals = {
            ...others,
            ...(aws.length > 0 && { AWS: aws.length === 1 ? (aws[0] as string) : aws }),
            ...(services.length > 0 && { Service: services.length === 1 ? (services[0] as string) : services }),
        };
        return Object.keys(kept).length > 0 ? [{ ...statement, Principal: kept }] : [];
    });
    return { document: { ...document, Statement: statements }, leftOut };
}

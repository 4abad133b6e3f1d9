import * as pulumi from "@pulumi/pulumi";
import { asCalled } from "../../core/config/as-called.ts";

/**
 * An error that ends the program with a message, without a stack trace. Commands in the message are replaced with those
 * that the operator can run (`asCalled`).
 */
export class ProgramError extends pulumi.RunError {
    constructor(message: string) {
        super(asCalled(message));
    }
}

/**
 * Shows a warning in preview and `up`. Commands in the message are replaced with those that the operator can run
 * (`asCalled`).
 */
export function warn(message: string, resource?: pulumi.Resource): void {
    void pulumi.log.warn(asCalled(message), resource);
}

/**
 * Shows information in preview and `up`. Commands in the message are replaced with those that the operator can run
 * (`asCalled`).
 */
export function info(message: string, resource?: pulumi.Resource): void {
    void pulumi.log.info(asCalled(message), resource);
}

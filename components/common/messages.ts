import * as pulumi from "@pulumi/pulumi";
import { asCalled } from "../../config/as-called.ts";

/** An error that ends the program with a message, without a stack trace. The message names commands in the form that the caller uses. */
export class ProgramError extends pulumi.RunError {
    constructor(message: string) {
        super(asCalled(message));
    }
}

/** Shows a warning in preview and `up`. The message names commands in the form that the caller uses. */
export function warn(message: string, resource?: pulumi.Resource): void {
    void pulumi.log.warn(asCalled(message), resource);
}

/** Shows information in preview and `up`. The message names commands in the form that the caller uses. */
export function info(message: string, resource?: pulumi.Resource): void {
    void pulumi.log.info(asCalled(message), resource);
}

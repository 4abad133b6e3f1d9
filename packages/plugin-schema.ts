import { join } from "node:path";
import ts from "typescript";
import { isKindName, kinds, type ResourceKindName } from "./pulumi-personalize/kinds.ts";
import { pluginModule } from "./pulumi-personalize/plugin.ts";

/**
 * Writes the schema of the plugin `pulumi-resource-personalize` from the classes of `pulumi-personalize`. Their
 * arguments and outputs provide the names, types, required inputs and descriptions. The table of resource kinds
 * provides the inputs whose change replaces a resource.
 */

const classesFile = join(import.meta.dirname, "pulumi-personalize", "resources.ts");

interface Description {
    readonly version: string;
    readonly description: string;
    readonly license: string;
}

type Property = Record<string, unknown>;

/** Returns the schema as JSON text. The parameter is the package's package.json. */
export function pluginSchema({ version, description, license }: Description): string {
    const program = ts.createProgram([classesFile], {
        module: ts.ModuleKind.NodeNext,
        target: ts.ScriptTarget.ES2024,
        strict: true,
        allowImportingTsExtensions: true,
        noEmit: true,
        skipLibCheck: true,
        types: ["node"],
    });
    const reader = new ClassReader(program.getTypeChecker());
    const resources: Record<string, object> = {};
    for (const statement of program.getSourceFile(classesFile)?.statements ?? []) {
        if (!ts.isClassDeclaration(statement) || statement.name === undefined) continue;
        const kind = statement.name.text;
        if (kind === "Owner") resources[`${pluginModule}:${kind}`] = { description: reader.comment(statement.name) };
        if (isKindName(kind)) resources[`${pluginModule}:${kind}`] = reader.resource(statement, statement.name, kind);
    }
    return JSON.stringify({
        name: "personalize",
        displayName: "Amazon Personalize",
        version,
        description,
        license,
        config: { variables: { region: { type: "string", description: "Region of the resources." } } },
        provider: {},
        types: reader.types,
        resources,
    });
}

/** Converts TypeScript classes to descriptions of resources in the format of Pulumi's schema. */
class ClassReader {
    /** Types of objects that the resources use. */
    readonly types: Record<string, object> = {};
    private readonly checker: ts.TypeChecker;

    constructor(checker: ts.TypeChecker) {
        this.checker = checker;
    }

    resource(declaration: ts.ClassDeclaration, name: ts.Identifier, kind: ResourceKindName): object {
        const symbol = this.checker.getSymbolAtLocation(name) as ts.Symbol;
        const [construct] = this.checker.getTypeOfSymbolAtLocation(symbol, declaration).getConstructSignatures();
        const args = this.checker.getTypeOfSymbolAtLocation(construct?.parameters[1] as ts.Symbol, declaration);
        const replaces: readonly string[] = kinds[kind].replaces;
        const inputProperties: Record<string, Property> = {};
        const requiredInputs: string[] = [];
        for (const input of args.getProperties()) {
            const isReplacing = replaces.includes(input.name);
            inputProperties[input.name] = {
                ...this.property(input, declaration),
                ...(isReplacing && { replaceOnChanges: true, willReplaceOnChanges: true }),
            };
            const type = this.checker.getTypeOfSymbolAtLocation(input, declaration);
            const isOptional = type.isUnion() && type.types.some((one) => one.flags & ts.TypeFlags.Undefined);
            if (!isOptional || input.name === "owner") requiredInputs.push(input.name);
        }
        const outputs = this.checker
            .getDeclaredTypeOfSymbol(symbol)
            .getProperties()
            .filter((one) =>
                one.declarations?.some(
                    (at) => at.getSourceFile() === declaration.getSourceFile() && ts.isPropertyDeclaration(at),
                ),
            )
            .map((one) => [one.name, this.property(one, declaration)] as const);
        // A name that the program omits is generated.
        const required = [...requiredInputs, "status", ...("name" in inputProperties ? ["name"] : [])];
        return {
            description: this.documentation(symbol),
            inputProperties,
            requiredInputs,
            properties: { ...inputProperties, ...Object.fromEntries(outputs) },
            required,
        };
    }

    /** Returns the comment of a class. */
    comment(name: ts.Identifier): string {
        return this.documentation(this.checker.getSymbolAtLocation(name) as ts.Symbol);
    }

    private property(symbol: ts.Symbol, at: ts.Node): Property {
        const description = this.documentation(symbol);
        return {
            ...this.typeSpec(this.checker.getTypeOfSymbolAtLocation(symbol, at), at),
            ...(description && { description }),
        };
    }

    private documentation(symbol: ts.Symbol): string {
        const text = ts.displayPartsToString(symbol.getDocumentationComment(this.checker));
        // The AWS SDK documents its types in HTML.
        return text
            .replaceAll(/<[^<>]+>/g, "")
            .replaceAll(/\s+/g, " ")
            .trim();
    }

    /** Returns the type of a value; the program may give it as a promise or an output. */
    private typeSpec(type: ts.Type, at: ts.Node): Property {
        const isOutput = type.symbol?.name === "OutputInstance";
        const [value] = isOutput
            ? this.checker.getTypeArguments(type as ts.TypeReference)
            : (type.aliasTypeArguments ?? []);
        if (value !== undefined && (isOutput || type.aliasSymbol?.name === "Output")) return this.typeSpec(value, at);
        const bare = this.checker.getNonNullableType(type);
        const members = bare.isUnion() ? bare.types : [bare];
        const values = members.filter(({ symbol }) => !["Promise", "OutputInstance"].includes(symbol?.name ?? ""));
        const [first] = values;
        if (first === undefined) throw new Error(`no type: ${this.checker.typeToString(type)}`);
        if (values.every(({ flags }) => flags & ts.TypeFlags.StringLike)) return { type: "string" };
        if (first.flags & ts.TypeFlags.BooleanLike) return { type: "boolean" };
        if (first.flags & ts.TypeFlags.NumberLike) return { type: "number" };
        if (first.flags & ts.TypeFlags.StringLike) return { type: "string" };
        if (this.checker.isArrayLikeType(first)) {
            return {
                type: "array",
                items: this.typeSpec(this.checker.getTypeArguments(first as ts.TypeReference)[0] as ts.Type, at),
            };
        }
        const index = first.getStringIndexType();
        if (index !== undefined) return { type: "object", additionalProperties: this.typeSpec(index, at) };
        const token = `${pluginModule}:${first.symbol.name}`;
        const properties = Object.fromEntries(first.getProperties().map((one) => [one.name, this.property(one, at)]));
        this.types[token] = { type: "object", description: this.documentation(first.symbol), properties };
        return { $ref: `#/types/${token}` };
    }
}

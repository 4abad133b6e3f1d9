import ts from "typescript";

/** A piece of a file: for users (messages, documents, pages), or for readers of the code (comments, titles of tests). */
export interface Piece {
    readonly audience: "users" | "readers";
    readonly text: string;
    /** 1-based line on which it begins. */
    readonly line: number;
}

const isTest = (file: string) => /(^|\/)(test|bench|\.ci)\//.test(file);
const lineAt = (text: string, offset: number) => text.slice(0, offset).split("\n").length;

/** The prose of a file by its ending; generated files and data have none. */
export function piecesOf(file: string, text: string): Piece[] {
    if (/\.(ts|tsx|mts|mjs)$/.test(file)) return codePieces(file, text);
    if (/\.(md|html)$/.test(file)) return [{ audience: "users", text: withoutLinks(text), line: 1 }];
    if (/\.ya?ml$/.test(file)) return yamlPieces(text);
    if (/\.(py|css)$/.test(file)) return linePieces(text, /(?:^|\s)#\s?(.*)|\/\*(.*?)\*\//);
    return [];
}

function codePieces(file: string, text: string): Piece[] {
    const kind = file.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, kind);
    const pieces: Piece[] = [];
    const seen = new Set<number>();
    const comments = (node: ts.Node) => {
        for (const { pos, end } of ts.getLeadingCommentRanges(text, node.pos) ?? []) {
            if (seen.has(pos)) continue;
            seen.add(pos);
            const prose = text.slice(pos, end).replaceAll(/^\/\*+|\*+\/$|^\s*\*(?!\/)\s?|^\s*\/\/ ?/gm, "");
            pieces.push({ audience: "readers", text: prose.trimStart(), line: lineAt(text, pos) });
        }
    };
    const visit = (node: ts.Node): void => {
        comments(node);
        if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
        const isProse = ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node) || ts.isJsxText(node);
        if (isProse && /\s/.test(node.text.trim())) {
            pieces.push({
                audience: isTest(file) ? "readers" : "users",
                text: node.text,
                line: lineAt(text, node.getStart()),
            });
        }
        node.getChildren().forEach(visit);
    };
    visit(source);
    return pieces;
}

/** Values and comments; a key is a name. */
function yamlPieces(text: string): Piece[] {
    return text.split("\n").flatMap((each, index): Piece[] => {
        const comment = /(?:^|\s)#\s?(.*)/.exec(each)?.[1];
        if (comment !== undefined) return [{ audience: "readers", text: comment, line: index + 1 }];
        return [{ audience: "users", text: each.replace(/^[\s-]*[\w:/$.{}]+:(\s|$)/, "").trim(), line: index + 1 }];
    });
}

function linePieces(text: string, comment: RegExp): Piece[] {
    return text.split("\n").flatMap((each, index): Piece[] => {
        const found = comment.exec(each);
        const prose = found?.[1] ?? found?.[2];
        return prose === undefined ? [] : [{ audience: "readers", text: prose, line: index + 1 }];
    });
}

const withoutLinks = (text: string) => text.replaceAll(/\]\([^)]*\)/g, "]");

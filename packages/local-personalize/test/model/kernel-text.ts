import { writeFileSync } from "node:fs";
import loadWabt from "wabt";

/**
 * The WebAssembly text of the kernel. `node packages/local-personalize/test/model/kernel-text.ts` assembles it and
 * writes model/kernel-bytes.ts, so that the product needs no assembler.
 *
 * An operand of a matrix product is packed: the rows of a tile side by side, column after column. A tile has 4 rows.
 * Its columns fill two registers: 4 doubles, or 8 floats. All its sums stay in registers.
 */

interface NumberFormat {
    /** Shape of a register. */
    shape: "f64x2" | "f32x4";
    type: "f64" | "f32";
    bytes: 8 | 4;
}

const rows = [0, 1, 2, 3];
const halves = [0, 1];
/** Names of the sums: $s21 is the sum of row 2 in the right half of a tile. */
const sums = rows.flatMap((row) => halves.map((half) => `$s${row}${half}`));

/** Returns the text of model/kernel-bytes.ts. */
export async function kernelModule(): Promise<string> {
    const base64 = Buffer.from(await assembleKernel()).toString("base64");
    const lines = base64.match(/.{1,100}/g)?.map((line) => `    "${line}"`) ?? [];
    return `/** The assembled test/model/kernel-text.ts, in Base64. */\nexport const KERNEL_BYTES =\n${lines.join(" +\n")};\n`;
}

async function assembleKernel(): Promise<Uint8Array> {
    const { parseWat } = await loadWabt();
    const text = `(module (import "js" "memory" (memory 1))
        ${addTiles("addDoubles", { shape: "f64x2", type: "f64", bytes: 8 })}
        ${addTiles("addFloats", { shape: "f32x4", type: "f32", bytes: 4 })}
        ${addScaledRows})`;
    const module = parseWat("kernel.wat", text, { simd: true, relaxed_simd: true });
    try {
        return module.toBinary({}).buffer;
    } finally {
        module.destroy();
    }
}

/**
 * Returns a function that adds sign · left · rightᵀ to `tiles` tiles of the target, side by side. All positions and
 * sizes are in bytes; `panel` is the size of a packed tile of `right`.
 */
function addTiles(name: string, { shape, type, bytes }: NumberFormat): string {
    const multiplyAdd = `${shape}.relaxed_madd`;
    const addColumn = rows.map((row) => {
        const load = `(local.set $value (v128.load${8 * bytes}_splat offset=${row * bytes} (local.get $a)))`;
        const add = halves.map((half) => {
            const sum = `$s${row}${half}`;
            return `(local.set ${sum} (${multiplyAdd} (local.get $value) (local.get $b${half}) (local.get ${sum})))`;
        });
        return [load, ...add].join("\n");
    });
    const addRow = rows.map((row) => {
        const add = halves.map((half) => {
            const old = `(v128.load offset=${16 * half} (local.get $c))`;
            const sum = `(${multiplyAdd} (local.get $signs) (local.get $s${row}${half}) ${old})`;
            return `(v128.store offset=${16 * half} (local.get $c) ${sum})`;
        });
        return [...add, "(local.set $c (i32.add (local.get $c) (local.get $stride)))"].join("\n");
    });
    return `
(func (export "${name}")
  (param $target i32) (param $stride i32) (param $left i32) (param $right i32)
  (param $tiles i32) (param $depth i32) (param $panel i32) (param $sign ${type})
  (local $a i32) (local $b i32) (local $end i32) (local $c i32)
  (local $signs v128) (local $value v128) (local $b0 v128) (local $b1 v128)
  ${sums.map((sum) => `(local ${sum} v128)`).join(" ")}
  (local.set $signs (${shape}.splat (local.get $sign)))
  (block $done (loop $tile
    (br_if $done (i32.eqz (local.get $tiles)))
    ${sums.map((sum) => `(local.set ${sum} (v128.const i64x2 0 0))`).join("\n")}
    (local.set $a (local.get $left))
    (local.set $b (local.get $right))
    (local.set $end (i32.add (local.get $b) (i32.mul (local.get $depth) (i32.const 32))))
    (loop $column
      (local.set $b0 (v128.load (local.get $b)))
      (local.set $b1 (v128.load offset=16 (local.get $b)))
      ${addColumn.join("\n")}
      (local.set $a (i32.add (local.get $a) (i32.const ${rows.length * bytes})))
      (local.set $b (i32.add (local.get $b) (i32.const 32)))
      (br_if $column (i32.lt_u (local.get $b) (local.get $end))))
    (local.set $c (local.get $target))
    ${addRow.join("\n")}
    (local.set $target (i32.add (local.get $target) (i32.const 32)))
    (local.set $right (i32.add (local.get $right) (local.get $panel)))
    (local.set $tiles (i32.sub (local.get $tiles) (i32.const 1)))
    (br $tile))))`;
}

/** Number of rows that one pass over the sums adds, to read and write the sums less often. */
const pass = [0, 1, 2, 3, 4, 5, 6, 7];

/**
 * Adds factor · row to the sums for each row of a list, eight rows at a time. `$rows` has the rows' positions in bytes,
 * `$factors` a float for each row. The function reads and writes whole registers of 4 floats, so it may read past the
 * end of a row, and write up to 3 numbers after the sums.
 */
const addScaledRows = `
(func (export "addScaledRows")
  (param $sums i32) (param $size i32) (param $rows i32) (param $factors i32) (param $count i32)
  (local $at i32) (local $sum v128)
  ${pass.map((row) => `(local $r${row} i32) (local $f${row} v128)`).join(" ")}
  (block $done (loop $pass
    (br_if $done (i32.le_s (local.get $count) (i32.const 0)))
    ${pass
        .map(
            (row) => `
    (local.set $r${row} (i32.load offset=${4 * row} (local.get $rows)))
    (local.set $f${row} (v128.load32_splat offset=${4 * row} (local.get $factors)))`,
        )
        .join("")}
    (local.set $at (i32.const 0))
    (loop $columns
      (local.set $sum (v128.load (i32.add (local.get $sums) (local.get $at))))
      ${pass
          .map(
              (row) => `
      (local.set $sum (f32x4.relaxed_madd
        (local.get $f${row}) (v128.load (i32.add (local.get $r${row}) (local.get $at))) (local.get $sum)))`,
          )
          .join("")}
      (v128.store (i32.add (local.get $sums) (local.get $at)) (local.get $sum))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $columns (i32.lt_u (local.get $at) (local.get $size))))
    (local.set $rows (i32.add (local.get $rows) (i32.const 32)))
    (local.set $factors (i32.add (local.get $factors) (i32.const 32)))
    (local.set $count (i32.sub (local.get $count) (i32.const 8)))
    (br $pass))))`;

if (import.meta.main) writeFileSync(new URL("../../model/kernel-bytes.ts", import.meta.url), await kernelModule());

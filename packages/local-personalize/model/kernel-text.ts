import loadWabt from "wabt";

/**
 * The WebAssembly text of the kernel. An operand is packed: the rows of a tile side by side, column after column. A
 * tile has 4 rows. Its columns fill two registers: 4 doubles, or 8 floats. All its sums stay in registers.
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

/** Returns the kernel as a WebAssembly module. It takes 30 ms. */
export async function assembleKernel(): Promise<Uint8Array<ArrayBuffer>> {
    const { parseWat } = await loadWabt();
    const text = `(module (import "js" "memory" (memory 1))
        ${addTiles("addDoubles", { shape: "f64x2", type: "f64", bytes: 8 })}
        ${addTiles("addFloats", { shape: "f32x4", type: "f32", bytes: 4 })})`;
    const module = parseWat("kernel.wat", text, { simd: true, relaxed_simd: true });
    try {
        return new Uint8Array(module.toBinary({}).buffer);
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

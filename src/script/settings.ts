/** `config = { }` of a script. */
import type { ScriptSettings } from './generate/lowering.js';
import { ScriptProblem, unknownName } from './resolve/problem.js';
import type { Setting } from './syntax/tree.js';

/**
 * bpftrace reads strings of up to 1024 bytes. A label shows 128 characters, and each string of a key takes its whole length in every
 * entry of a map.
 */
const usualText = 256;
const longestText = 1024;
const mostEntries = 0xffff_ffff;

/** Settings that change what bpftrace prints or how it loads: nothing depends on them here. */
const ignored = [
  'cache_user_symbols', 'cpp_demangle', 'lazy_symbolication', 'license', 'log_size', 'max_ast_nodes', 'max_bpf_progs', 'max_cat_bytes',
  'max_type_res_iterations', 'on_stack_limit', 'perf_rb_pages', 'print_maps_on_exit', 'probe_inline', 'show_debug_info',
  'stack_mode', 'str_trunc_trailer', 'unstable_import', 'unstable_import_statement', 'unstable_macro', 'unstable_map_decl', 'unstable_tseries', 'unstable_addr', 'use_blazesym', 'user_symbol_cache', 'verify_llvm_ir',
] as const; // biome-ignore format: a list

/** @throws ScriptProblem */
export function readSettings(settings: readonly Setting[]): ScriptSettings {
  let result: ScriptSettings = { longestText: usualText, mapEntries: 4096, mostProbes: 1024, missingProbes: 'error' };
  for (const setting of settings) {
    const name = setting.name.toLowerCase().replace(/^bpftrace_/, '');
    switch (name) {
      case 'max_strlen':
      case 'strlen':
        result = { ...result, longestText: number(setting, longestText) };
        break;
      case 'max_map_keys':
      case 'map_keys_max':
        result = { ...result, mapEntries: number(setting, mostEntries) };
        break;
      case 'missing_probes':
        result = { ...result, missingProbes: choice(setting) };
        break;
      case 'max_probes':
        result = { ...result, mostProbes: number(setting, mostEntries) };
        break;
      default:
        if (!(ignored as readonly string[]).includes(name)) {
          throw unknownName(
            setting.place,
            `Unknown setting "${setting.name}"`,
            name,
            ['max_strlen', 'max_map_keys', 'max_probes', 'missing_probes', ...ignored],
            'settings',
          );
        }
    }
  }
  return result;
}

function number({ name, value, place }: Setting, most: number): number {
  const number = typeof value === 'bigint' ? Number(value) : Number.NaN;
  if (number >= 1 && number <= most) return number;
  throw new ScriptProblem(place, `${name} must be a number from 1 to ${most}`, `Write ${name} = 64.`);
}

function choice({ name, value, place }: Setting): ScriptSettings['missingProbes'] {
  if (value === 'error' || value === 'warn' || value === 'ignore') return value;
  throw new ScriptProblem(place, `${name} must be error, warn or ignore`, `Write ${name} = "warn".`);
}

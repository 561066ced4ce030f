import { SourceMap } from '../../config/source_map.js';
import { fault, type SantaError } from '../../errors/fault.js';
import { ConditionFault, withoutExcluded } from './conditions.js';
import { SyntaxError as GrammarError, parse } from './grammar.peggy';
import { type Constant, expanded, type Macro } from './macros.js';
import { SyntaxFault } from './syntax_fault.js';
import type { Place, Script } from './tree.js';

/** More is no script that a person wrote, and would exhaust the parser's stack. */
const deepest = 200;
const mostBytes = 256 << 10;

/**
 * Reads a script.
 * @param file for faults
 * @throws SantaError SCRIPT_SYNTAX, at its place
 */
export function parseScript(text: string, file: string): Script {
  try {
    if (text.length > mostBytes)
      throw new SyntaxFault(`The script is larger than ${mostBytes >> 10} KiB.`, { start: 0, end: 0 });
    checkNesting(text);
    const { macros, constants, ...script } = parse(withoutExcluded(text)) as Script & Definitions;
    return expanded(script, { macros, constants });
  } catch (error) {
    throw syntaxFault(error, text, file);
  }
}

interface Definitions {
  readonly macros: readonly Macro[];
  readonly constants: readonly Constant[];
}

function syntaxFault(error: unknown, text: string, file: string): unknown {
  const at = (offset: number, problem: string): SantaError =>
    fault(
      'SCRIPT_SYNTAX',
      { problem: problem.replace(/[.]$/, '') },
      { location: new SourceMap(file, text).at(offset) },
    );
  if (error instanceof SyntaxFault) return at(error.place.start, error.problem);
  if (error instanceof ConditionFault) return at(error.offset, error.problem);
  if (error instanceof GrammarError) return at(error.location.start.offset, problemOf(error));
  if (error instanceof RangeError) return at(0, 'It is nested too deeply');
  return error;
}

/** What was expected in words: many things can begin an expression, and a list of them says less than that. */
function problemOf({ expected, found, message }: GrammarError): string {
  // The grammar itself says what is wrong.
  if (expected === null) return message;
  const words = new Set(
    expected.map(({ type, text, description }) => (type === 'literal' ? `"${text}"` : (description ?? type))),
  );
  const isExpression = words.has('a number') && words.has('a text in quotes');
  const isTopLevel = words.has('a probe') && words.has('"macro"');
  const isStatement = isExpression && words.has('"let"');
  const shown: string[] = [];
  if (isTopLevel) shown.push('a probe such as tracepoint:syscalls:sys_enter_openat { }');
  else if (isStatement) shown.push('a statement');
  else if (isExpression) shown.push('a value');
  const starters = isExpression || isTopLevel;
  for (const word of words) {
    const isPunctuation = /^"[;,(){}[\]:=/]"$|^"\.\."$/.test(word);
    const begins = ['"("', '"{"', '"["', '";"'].includes(word);
    if (starters ? isPunctuation && !begins : !/^"(?:"|\+\+|--|->|\.|\?:?|\[)"$|^class$|^any$/.test(word))
      shown.push(word);
  }
  const list =
    shown.length === 0
      ? 'something else'
      : shown.length === 1
        ? shown[0]!
        : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`;
  return `Expected ${list}, not ${found === null ? 'the end' : JSON.stringify(found)}`;
}

/** @throws SyntaxFault */
function checkNesting(text: string): void {
  let depth = 0;
  for (const match of text.matchAll(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[([{}\])]/g)) {
    if ('([{'.includes(match[0])) depth++;
    else if (')]}'.includes(match[0])) depth--;
    if (depth > deepest) throw new SyntaxFault(`It is nested more than ${deepest} levels deep.`, placeOf(match.index));
  }
}

function placeOf(start: number): Place {
  return { start, end: start + 1 };
}

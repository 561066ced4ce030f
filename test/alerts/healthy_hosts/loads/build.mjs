import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const small = 500;
const large = 12;

/** @param {number} number */
const c = (number) => `#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
${Array.from(
  { length: 40 },
  (_, index) => `int count_${number}_${index}(const char *text)
{
	int counts[256] = {0};
	for (; *text; text++)
		counts[(unsigned char)tolower(*text)] += ${index} ^ (int)strlen(text);
	qsort(counts, 256, sizeof(*counts), (int (*)(const void *, const void *))strcmp);
	return printf("%d\\n", counts[${index}]);
}`,
).join('\n')}
`;

/** @param {number} number */
const cpp = (number) => `#include <algorithm>
#include <map>
#include <regex>
#include <string>
#include <vector>
std::map<std::string, std::vector<int>> index_${number}(const std::string &text)
{
	std::map<std::string, std::vector<int>> places;
	std::regex word("[a-z]+${number}?");
	for (std::sregex_iterator at(text.begin(), text.end(), word), end; at != end; ++at)
		places[at->str()].push_back(static_cast<int>(at->position()));
	for (auto &[key, list] : places)
		std::sort(list.rbegin(), list.rend());
	return places;
}
`;

/** @type {import('../record.mjs').Load} */
export default {
  story: `a parallel build of ${small} C and ${large} C++ files, again and again, with one job more than CPUs`,
  begin(workspace) {
    const source = join(workspace.folder, 'source');
    mkdirSync(source);
    for (let number = 0; number < small; number++) writeFileSync(join(source, `s${number}.c`), c(number));
    for (let number = 0; number < large; number++) writeFileSync(join(source, `l${number}.cpp`), cpp(number));
    const makefile = `objects := $(patsubst %,%.o,$(wildcard *.c *.cpp))
library.a: $(objects)
	ar rcs $@ $^
%.c.o: %.c
	cc -O2 -g -c -o $@ $<
%.cpp.o: %.cpp
	g++ -O1 -c -o $@ $<
`;
    writeFileSync(join(source, 'Makefile'), makefile);
    const make = `make -s -j${availableParallelism() + 1}`;
    workspace.run(workspace.script('nightly-ci', `cd source && while :; do ${make}; rm -f ./*.o library.a; done`));
  },
};

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "event_filter.h"
#include "number_load.h"

namespace santabpf {

// A part of a record that is copied into the key. Of text, what follows its end is zero in the key.
struct KeyPart {
  TextField field;
  bool is_text;
};

// What is added up of each record: the number itself, or with `bounds` a histogram of it.
struct Measure {
  NumberLoad load;
  bool is_histogram;
  std::vector<uint64_t> bounds;  // ascending; a bucket includes its bound

  // A histogram has a number for each bucket, one for all above, and the sum.
  size_t numbers() const { return is_histogram ? bounds.size() + 2 : 1; }
};

// How the records of one stream are counted. The numbers of a key: how many records, then those of each measure.
struct StreamPlan {
  uint32_t required_size;  // a shorter record lacks something that the stream reads
  uint32_t filtered_size;  // enough to tell whether a record belongs to the stream
  uint32_t key_size;
  uint32_t most_rows;
  std::vector<NumberFilter> number_filters;
  std::vector<TextFilter> text_filters;
  std::vector<KeyPart> key;
  std::vector<Measure> measures;
  size_t numbers = 1;
};

// Reads the plans that src/events/plan_words.ts writes. Throws std::invalid_argument if they would read beyond a record of the required
// size, or are no plans.
std::vector<StreamPlan> ParsePlans(const uint64_t* words, size_t count);

}  // namespace santabpf

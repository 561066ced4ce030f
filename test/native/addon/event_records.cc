#include "event_records.h"

#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

#include "arguments.h"
#include "event_plan.h"
#include "event_table.h"

namespace santabpf_test {
namespace {

using santabpf::Arguments;
using santabpf::ByteView;

Napi::Uint8Array Copy(Napi::Env env, const void* bytes, size_t size) {
  Napi::Uint8Array copy = Napi::Uint8Array::New(env, size);
  if (size > 0) std::memcpy(copy.Data(), bytes, size);
  return copy;
}

std::vector<uint64_t> WordsOf(ByteView bytes) {
  std::vector<uint64_t> words(bytes.size / sizeof(uint64_t));
  if (!words.empty()) std::memcpy(words.data(), bytes.data, words.size() * sizeof(uint64_t));
  return words;
}

// Arguments: the plan of one stream, and records, each with its length in two bytes in front.
Napi::Value CountRecords(const Napi::CallbackInfo& info) {
  const std::vector<uint64_t> words = WordsOf(Arguments(info).Bytes(0, "plan"));
  const ByteView records = Arguments(info).Bytes(1, "records");
  std::vector<santabpf::StreamPlan> plans = santabpf::ParsePlans(words.data(), words.size());
  if (plans.size() != 1) throw std::invalid_argument("one stream is needed");
  santabpf::EventTable table(std::move(plans[0]));
  uint32_t short_records = 0;
  for (size_t at = 0; at + sizeof(uint16_t) <= records.size;) {
    uint16_t length = 0;
    std::memcpy(&length, records.data + at, sizeof(length));
    at += sizeof(length);
    if (records.size - at < length) throw std::invalid_argument("the last record is cut");
    // Memory of exactly this size: sanitizers see each read beyond it.
    const std::vector<uint8_t> record(records.data + at, records.data + at + length);
    if (!table.Count(record.data(), length)) ++short_records;
    at += length;
  }
  table.Read();
  const Napi::Env env = info.Env();
  const santabpf::Snapshot& snapshot = table.snapshot();
  Napi::Object counted = Napi::Object::New(env);
  counted.Set("keys", Copy(env, snapshot.added_keys.data(), snapshot.added_keys.size()));
  counted.Set("values", Copy(env, snapshot.values.data(), snapshot.count * table.value_size()));
  counted.Set("other", Copy(env, table.other().data(), table.value_size()));
  counted.Set("short", short_records);
  return counted;
}

}  // namespace

void ExportEventRecords(Napi::Env env, Napi::Object exports) { exports.Set("countRecords", Napi::Function::New<CountRecords>(env, "countRecords")); }

}  // namespace santabpf_test

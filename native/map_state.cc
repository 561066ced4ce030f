#include "map_state.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <numeric>

#include "inner_reading.h"
#include "map_reading.h"

namespace santabpf {
namespace {

// The keys of a read, which only last until they have rows: one buffer for all maps that a thread reads.
class Keys {
 public:
  Keys() = default;
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;
  ~Keys() {
    if (buffer_.capacity() > kKeptBytes) std::vector<uint8_t>().swap(buffer_);
  }

  std::vector<uint8_t>& get() { return buffer_; }

 private:
  static constexpr size_t kKeptBytes = 64 * 1024;
  static thread_local std::vector<uint8_t> buffer_;
};

thread_local std::vector<uint8_t> Keys::buffer_;

}  // namespace

int MapState::Open(int fd) {
  const int error = Adopt(fd);
  if (error != 0) return error;
  reader_ = std::make_unique<MapReading>(fd_.get(), layout_);
  if (!layout_.kind.is_array) index_.emplace(layout_.key_size);
  return 0;
}

int MapState::OpenInner(int fd, const MapLayout& inner) {
  const int error = Adopt(fd);
  if (error != 0) return error;
  reader_ = std::make_unique<InnerReading>(fd_.get(), layout_, inner);
  layout_.kind = {false, inner.kind.is_per_cpu, true};
  layout_.key_size = InnerKey{inner.key_size, layout_.key_size}.Size();
  layout_.value_size = inner.value_size;
  layout_.max_entries = static_cast<uint32_t>(InnerReading::kMostEntries);
  layout_.cpus = inner.cpus;
  layout_.value_stride = inner.value_stride;
  index_.emplace(layout_.key_size);
  return 0;
}

int MapState::Adopt(int fd) {
  Descriptor copy(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!copy.valid()) return errno;
  const int error = ReadLayout(copy.get(), layout_);
  if (error != 0) return error;
  fd_ = std::move(copy);
  return 0;
}

void MapState::Close() {
  close_wanted_ = true;
  if (working_) return;
  fd_.Reset();
  reader_.reset();
  index_.reset();
  snapshot_.rows.Reset();
  snapshot_.values.Reset();
}

void MapState::EndWork() {
  working_ = false;
  if (close_wanted_) Close();
}

void MapState::ForgetViews() {
  snapshot_.rows.ForgetView();
  snapshot_.values.ForgetView();
}

int MapState::Read() {
  Keys keys;
  const int error = reader_->Read(keys.get(), snapshot_.values);
  if (error != 0) return error;
  snapshot_.count = reader_->count();
  snapshot_.added_rows.clear();
  snapshot_.added_keys.clear();
  snapshot_.gone_rows.clear();
  if (index_) {
    AssignRows(keys.get().data());
  } else {
    AssignArrayRows();
  }
  return 0;
}

void MapState::AssignArrayRows() {
  if (snapshot_.row_limit != 0) return;
  const size_t count = layout_.max_entries;
  std::vector<uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  snapshot_.rows.Reserve(count * sizeof(uint32_t), 0);
  std::memcpy(snapshot_.rows.data(), numbers.data(), count * sizeof(uint32_t));
  snapshot_.added_keys.resize(count * sizeof(uint32_t));
  std::memcpy(snapshot_.added_keys.data(), numbers.data(), count * sizeof(uint32_t));
  snapshot_.added_rows = std::move(numbers);
  snapshot_.row_limit = layout_.max_entries;
}

void MapState::AssignRows(const uint8_t* keys) {
  const size_t key_size = layout_.key_size;
  const size_t stride = layout_.value_stride;
  const size_t total = snapshot_.count;
  uint8_t* const values = snapshot_.values.data();
  snapshot_.rows.Fit(total * sizeof(uint32_t));
  auto* const rows = reinterpret_cast<uint32_t*>(snapshot_.rows.data());
  index_->Begin();
  try {
    size_t count = 0;
    for (size_t i = 0; i < total; ++i) {
      const RowIndex::Row row = index_->Find(keys + i * key_size);
      size_t to = count;
      if (row.seen == RowIndex::Seen::kRepeated) {
        // The later value replaces the earlier one.
        to = 0;
        while (to < count && rows[to] != row.number) ++to;
        if (to == count) continue;
      } else {
        rows[count++] = row.number;
      }
      if (to != i) std::memcpy(values + to * stride, values + i * stride, stride);
    }
    snapshot_.count = count;
    snapshot_.added_keys.reserve(index_->added().size() * key_size);
    for (const uint32_t row : index_->added()) {
      const uint8_t* const key = index_->KeyOf(row);
      snapshot_.added_keys.insert(snapshot_.added_keys.end(), key, key + key_size);
    }
    snapshot_.added_rows = index_->added();
    snapshot_.gone_rows.reserve(index_->limit());
  } catch (...) {
    index_->Abort();
    throw;
  }
  index_->End();
  snapshot_.gone_rows.assign(index_->gone().begin(), index_->gone().end());
  snapshot_.row_limit = index_->limit();
}

}  // namespace santabpf

#pragma once

#include <napi.h>

#include <memory>
#include <unordered_set>

namespace santabpf {

class Readings;
class Registry;

// Holds kernel resources. Closed at the latest when its JavaScript environment ends.
class Closable {
 public:
  explicit Closable(std::shared_ptr<Registry> registry);
  virtual ~Closable();
  Closable(const Closable&) = delete;
  Closable& operator=(const Closable&) = delete;

  virtual void Close() = 0;

 private:
  const std::shared_ptr<Registry> registry_;
};

// Everything open in one JavaScript environment. Used by its thread only.
class Registry {
 public:
  void CloseAll();

 private:
  friend class Closable;
  std::unordered_set<Closable*> open_;
};

// The state of the addon in one JavaScript environment (main thread or worker).
struct AddonData {
  std::shared_ptr<Registry> registry = std::make_shared<Registry>();
  // Null until the first reading.
  std::shared_ptr<Readings> readings;
  Napi::FunctionReference link_class;
  Napi::FunctionReference map_class;
  Napi::FunctionReference inner_maps_class;

  static AddonData& Of(Napi::Env env) { return *env.GetInstanceData<AddonData>(); }
};

}  // namespace santabpf

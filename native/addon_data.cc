#include "addon_data.h"

#include <utility>
#include <vector>

namespace santabpf {

Closable::Closable(std::shared_ptr<Registry> registry) : registry_(std::move(registry)) { registry_->open_.insert(this); }

Closable::~Closable() { registry_->open_.erase(this); }

void Registry::CloseAll() {
  // Closing an object may delete other entries of open_.
  const std::vector<Closable*> all(open_.begin(), open_.end());
  for (Closable* closable : all) {
    if (open_.count(closable) > 0) closable->Close();
  }
}

}  // namespace santabpf

#pragma once

#include <bpf/libbpf.h>

#include <memory>
#include <string>
#include <vector>

#include "addon_data.h"
#include "arguments.h"
#include "attach_target.h"
#include "failure.h"
#include "link.h"
#include "kernel_types.h"
#include "log_capture.h"
#include "object_relocations.h"
#include "type_excerpt.h"

namespace santabpf {

class MapState;

// A bpf_object with its links and maps. Used by the JavaScript thread only, except for Load().
class ObjectState : public Closable {
 public:
  enum class Phase { kOpen, kLoading, kLoaded, kFailed, kClosed };

  struct OpenOptions {
    std::string name;      // empty: from the path
    std::string btf_path;  // empty: the running kernel's
  };

  ObjectState(std::shared_ptr<Registry> registry, OpenOptions options);
  ~ObjectState() override { ObjectState::Close(); }

  // Open the object; 0 or an errno. LIBBPF_ERRNO__FORMAT comes with what is wrong with the file in the log.
  int OpenFile(const std::string& path, LogCapture::Scope& scope);
  int OpenBytes(ByteView bytes, LogCapture::Scope& scope);

  // Load() runs on any thread; BeginLoad() before and EndLoad() after it on the JavaScript thread.
  void BeginLoad() { phase_ = Phase::kLoading; }
  int Load(std::string& log);
  // False when the object was closed meanwhile.
  bool EndLoad(bool loaded);

  // Detaches the links, closes the maps, frees the object. During a load, EndLoad() does it.
  void Close() override;

  Phase phase() const { return close_wanted_ ? Phase::kClosed : phase_; }
  bpf_object* get() const { return object_.get(); }
  LogCapture& log() { return log_; }

  bpf_program* FindProgram(const std::string& name) const;
  // By name or by section.
  bpf_map* FindMap(const std::string& name) const;

  // The name of what a program is attached to, in place of that in its section. Before the load.
  void SetAttachTarget(const bpf_program* program, std::string target) { attach_targets_[program] = std::move(target); }

  void Own(const std::shared_ptr<LinkState>& link);
  void Own(const std::shared_ptr<MapState>& map);

 private:
  struct Deleter {
    void operator()(bpf_object* object) const { bpf_object__close(object); }
  };

  int OpenChecked(ByteView bytes, LogCapture::Scope& scope);
  int Adopt(bpf_object* object);
  // Load() without its log; 0 or an errno.
  int LoadIn(LogCapture::Scope& scope);
  bpf_object_open_opts Opts();
  // Takes the types for CO-RE from an excerpt, if that does.
  void PrepareTypes(ObjectRelocations relocations);

  OpenOptions options_;
  std::unique_ptr<TypeExcerpt> excerpt_;
  // Held until the load: objects that load at the same time share it.
  std::shared_ptr<const KernelTypes> kernel_types_;
  Phase phase_ = Phase::kOpen;
  bool close_wanted_ = false;
  LogCapture log_;
  AttachTarget::Names attach_targets_;
  std::unique_ptr<bpf_object, Deleter> object_;
  std::vector<std::shared_ptr<LinkState>> links_;
  std::vector<std::shared_ptr<MapState>> maps_;
};

}  // namespace santabpf

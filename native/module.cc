#include "addon.h"

using santabpf::Init;
NODE_API_MODULE(santabpf, Init)

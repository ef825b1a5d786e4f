#pragma once

#include <string>
#include <utility>
#include <vector>

/// The pictures of groups, and what the page says of them.
struct fabric_gallery {
    std::string page;
    std::vector<std::pair<std::string, std::string>> files; ///< name and document
};

fabric_gallery fabric_pictures();

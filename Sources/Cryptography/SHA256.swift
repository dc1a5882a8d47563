import COpenSSL

/// The hash that thumbprints and digests of secrets are made with.
package enum SHA256 {
  /// - Returns: 32 bytes.
  package static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    let result = EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
    precondition(result == 1, "OpenSSL has no SHA-256")
    return digest
  }
}

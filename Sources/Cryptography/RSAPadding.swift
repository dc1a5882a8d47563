import COpenSSL

/// How an RSA signature is padded; the hash is SHA-256 with either.
package enum RSAPadding: Sendable {
  /// `PS256` of RFC 7518, with a salt as long as the hash.
  case pss
  /// `RS256` of RFC 7518.
  case pkcs1

  var code: Int32 {
    switch self {
    case .pss: Int32(SHIM_RSA_PSS)
    case .pkcs1: Int32(SHIM_RSA_PKCS1)
    }
  }
}

import COpenSSL

/// A new RSA key and a certificate that it signed itself.
package struct TestCertificate: Sendable {
  package let keyPEM: String
  package let certificatePEM: String
  package let der: [UInt8]
  /// Big-endian.
  package let modulus: [UInt8]
  package let exponent: [UInt8] = [1, 0, 1]

  /// - Parameters:
  ///   - bits: The length of the key.
  ///   - life: Seconds from now to the certificate's end.
  package init(bits: Int = 2048, life: Int = 86_400) {
    let key = Self.makeKey(bits: Int32(bits))
    defer { EVP_PKEY_free(key) }
    let certificate = X509_new()
    defer { X509_free(certificate) }
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1)
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0)
    X509_gmtime_adj(X509_getm_notAfter(certificate), life)
    X509_set_pubkey(certificate, key)
    X509_sign(certificate, key, EVP_sha256())
    keyPEM = Self.text { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    certificatePEM = Self.text { PEM_write_bio_X509($0, certificate) }
    der = Self.bytes { i2d_X509_bio($0, certificate) }
    var number: OpaquePointer?
    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &number)
    defer { BN_free(number) }
    var modulus = [UInt8](repeating: 0, count: bits / 8)
    BN_bn2binpad(number, &modulus, Int32(modulus.count))
    self.modulus = modulus
  }

  private static func makeKey(bits: Int32) -> OpaquePointer? {
    let context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil)
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    EVP_PKEY_keygen_init(context)
    EVP_PKEY_CTX_set_rsa_keygen_bits(context, bits)
    EVP_PKEY_generate(context, &key)
    return key
  }

  private static func text(_ write: (OpaquePointer?) -> Int32) -> String {
    String(decoding: bytes(write), as: UTF8.self)
  }

  private static func bytes(_ write: (OpaquePointer?) -> Int32) -> [UInt8] {
    let bio = BIO_new(BIO_s_mem())
    defer { BIO_free(bio) }
    precondition(write(bio) == 1, "OpenSSL cannot write what it made")
    var bytes = [UInt8](repeating: 0, count: Int(BIO_ctrl_pending(bio)))
    BIO_read(bio, &bytes, Int32(bytes.count))
    return bytes
  }
}
